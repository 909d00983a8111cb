// Every case with rows of its own on devices opened with batch_invariant: a row of a large batch
// has the bits that it has alone, in small buckets and in the largest.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "absl/strings/str_format.h"
#include "tests/conformance/problem_run.h"
#include "tests/support/test_devices.h"

namespace convoy::testing {
namespace {

using compute::Device;
using compute::HostTensor;
using compute::Session;

constexpr int64_t kBuckets[] = {2, 8, 32};
// Work of a case's largest batch: layers of large networks stay out of the large ones.
constexpr double kMostFlops = 1e8;

absl::StatusOr<Device*> InvariantDevice(const std::string& name) {
  static auto* const devices = new std::map<std::string, absl::StatusOr<std::unique_ptr<Device>>>;
  auto found = devices->find(name);
  if (found == devices->end()) {
    found = devices->emplace(name, compute::OpenDevice(name, {.batch_invariant = true})).first;
  }
  if (!found->second.ok()) return found->second.status();
  return found->second->get();
}

double FlopsOf(const Problem& problem) {
  compute::TensorSpecs inputs;
  for (const Operand& operand : problem.operands) inputs.push_back({operand.dtype, operand.shape});
  return compute::EstimateCost(problem.op, inputs, problem.outputs).flops;
}

// Whether all that is computed has the batch as its first dimension and nowhere else.
bool HasRows(const Problem& alone, const Problem& batched, int64_t batch) {
  const auto differs_in_rows = [&](const compute::Shape& one, const compute::Shape& many) {
    if (one.rank() < 1 || one.rank() != many.rank() || one[0] != 1 || many[0] != batch)
      return false;
    return std::equal(one.dims().begin() + 1, one.dims().end(), many.dims().begin() + 1);
  };
  // Its indices count through the whole batch.
  if (batched.mixes_rows || std::holds_alternative<compute::MaxUnpoolParams>(batched.op)) {
    return false;
  }
  for (size_t i = 0; i < alone.operands.size(); ++i) {
    const Operand& one = alone.operands[i];
    const Operand& many = batched.operands[i];
    if (one.constant ? one.shape != many.shape : !differs_in_rows(one.shape, many.shape)) {
      return false;
    }
  }
  for (size_t i = 0; i < alone.outputs.size(); ++i) {
    if (!differs_in_rows(alone.outputs[i].shape, batched.outputs[i].shape)) return false;
  }
  return true;
}

std::span<const std::byte> RowOf(const HostTensor& tensor, int64_t row) {
  const size_t bytes = tensor.bytes().size() / static_cast<size_t>(tensor.spec().shape[0]);
  return tensor.bytes().subspan(static_cast<size_t>(row) * bytes, bytes);
}

class BatchInvariantTest : public ::testing::TestWithParam<std::string> {
 protected:
  // The case's operands for one row: constants as they are in the batch, of the others row `row`.
  static std::vector<HostTensor> OperandsOfRow(const Problem& alone,
                                               const std::vector<HostTensor>& operands,
                                               int64_t row) {
    std::vector<HostTensor> of_row;
    for (size_t i = 0; i < operands.size(); ++i) {
      const Operand& operand = alone.operands[i];
      HostTensor& tensor = of_row.emplace_back(compute::TensorSpec{operand.dtype, operand.shape});
      const std::span<const std::byte> from =
          operand.constant ? operands[i].bytes() : RowOf(operands[i], row);
      EXPECT_EQ(from.size(), tensor.bytes().size());
      std::copy_n(from.begin(), std::min(from.size(), tensor.bytes().size()),
                  tensor.bytes().begin());
    }
    return of_row;
  }

  // Rows at the begin, in the middle and at the end of a batch against the same rows alone.
  void CheckBucket(Device& device, const Case& one_case, int64_t bucket,
                   Surroundings surroundings) {
    const absl::StatusOr<Problem> alone = MakeProblem(one_case, 1);
    const absl::StatusOr<Problem> batched = MakeProblem(one_case, bucket);
    if (!alone.ok() || !batched.ok() || !HasRows(*alone, *batched, bucket)) return;
    if (FlopsOf(*batched) > kMostFlops) return;
    if (surroundings == Surroundings::kBetweenPools && !FitsBetweenPools(*batched)) return;
    const std::vector<HostTensor> operands = RandomOperands(*batched, 5);
    const auto whole = CompileProblem(device, *batched, operands, surroundings);
    ASSERT_TRUE(whole.ok()) << whole.status();
    const auto answers = RunProblem(**whole, *batched, operands);
    ASSERT_TRUE(answers.ok()) << answers.status();
    const auto single =
        CompileProblem(device, *alone, OperandsOfRow(*alone, operands, 0), surroundings);
    ASSERT_TRUE(single.ok()) << single.status();
    for (const int64_t row : {int64_t{0}, bucket / 2, bucket - 1}) {
      const auto answer = RunProblem(**single, *alone, OperandsOfRow(*alone, operands, row));
      ASSERT_TRUE(answer.ok()) << answer.status();
      for (size_t i = 0; i < answer->size(); ++i) {
        if (!compute::IsFloat((*answer)[i].spec().dtype)) continue;  // counted, not summed
        const std::span<const std::byte> expected = (*answer)[i].bytes();
        const std::span<const std::byte> given = RowOf((*answers)[i], row);
        EXPECT_TRUE(std::equal(expected.begin(), expected.end(), given.begin(), given.end()))
            << "row " << row << " of output " << i << " differs from the same row alone; kernels "
            << (*whole)->report().steps.back().kernel << " and "
            << (*single)->report().steps.back().kernel;
      }
      ++rows_compared_;
    }
  }

  int rows_compared_ = 0;
};

TEST_P(BatchInvariantTest, ARowHasTheSameBitsInEveryBucket) {
  const absl::StatusOr<Device*> device = InvariantDevice(GetParam());
  if (absl::IsNotFound(device.status())) GTEST_SKIP() << device.status();
  ASSERT_TRUE(device.ok()) << device.status();
  for (const std::string& op : OperatorFiles()) {
    const absl::StatusOr<std::vector<Case>> cases = ReadCases(op);
    ASSERT_TRUE(cases.ok()) << cases.status();
    for (const Case& one_case : *cases) {
      for (const int64_t bucket : kBuckets) {
        SCOPED_TRACE(absl::StrFormat("%s %s in a batch of %d", op, one_case.name, bucket));
        CheckBucket(**device, one_case, bucket, Surroundings::kAlone);
        if (bucket == kBuckets[1]) {
          CheckBucket(**device, one_case, bucket, Surroundings::kBetweenPools);
        }
      }
    }
  }
  EXPECT_GT(rows_compared_, 1000);
}

INSTANTIATE_TEST_SUITE_P(Devices, BatchInvariantTest,
                         ::testing::Values("reference", "cpu", "vulkan"),
                         [](const auto& device) { return device.param; });

}  // namespace
}  // namespace convoy::testing
