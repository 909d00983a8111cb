// Every case of every operator on every device, against the reference formula: within the file's
// bound, bit-identical when repeated, and independent of what else is in the batch.
//
// With CONVOY_TEST_VALIDATION=1 in the environment the Vulkan device runs under the validation
// layer, which must have nothing to say.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <ostream>

#include "absl/strings/str_format.h"
#include "tests/conformance/problem_run.h"
#include "tests/support/test_devices.h"

namespace convoy::testing {
namespace {

struct DeviceCase {
  std::string device;
  Case one_case;
};

void PrintTo(const DeviceCase& param, std::ostream* out) {
  *out << param.device << ' ' << param.one_case.op << ' ' << param.one_case.name;
}

uint32_t SeedOf(const Case& one_case) {
  uint32_t seed = 2166136261;  // FNV-1a
  for (const char c : one_case.op + one_case.name) {
    seed = (seed ^ static_cast<unsigned char>(c)) * 16777619;
  }
  return seed % 1'000'000 + 1;
}

bool SameBits(std::span<const std::byte> a, std::span<const std::byte> b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size_bytes()) == 0;
}

class ConformanceTest : public ::testing::TestWithParam<DeviceCase> {
 protected:
  void CheckBatch(compute::Device& device, int64_t batch, Surroundings surroundings) {
    const Case& one_case = GetParam().one_case;
    const absl::StatusOr<Problem> problem = MakeProblem(one_case, batch);
    ASSERT_TRUE(problem.ok()) << problem.status();
    if (surroundings == Surroundings::kBetweenPools && !FitsBetweenPools(*problem)) return;
    SCOPED_TRACE(
        absl::StrFormat("batch %d, %s", batch,
                        surroundings == Surroundings::kAlone ? "alone" : "between identity pools"));

    std::vector<compute::HostTensor> operands = RandomOperands(*problem, SeedOf(one_case));
    const std::vector<compute::HostTensor> expected = Expected(*problem, operands);
    absl::StatusOr<std::unique_ptr<compute::Session>> session =
        CompileProblem(device, *problem, operands, surroundings);
    ASSERT_TRUE(session.ok()) << session.status();
    const auto first = RunProblem(**session, *problem, operands);
    ASSERT_TRUE(first.ok()) << first.status();
    for (size_t i = 0; i < expected.size(); ++i) {
      EXPECT_EQ(FirstDifference((*first)[i], expected[i], one_case.bound), "") << "output " << i;
    }
    if (UnderValidation()) return;

    for (int repeat = 0; repeat < 2; ++repeat) {
      ASSERT_TRUE((*session)->Run().ok());
      for (size_t i = 0; i < first->size(); ++i) {
        EXPECT_TRUE(SameBits((*session)->output(static_cast<int>(i)), (*first)[i].bytes()))
            << "the same inputs give other bits when they run again, in output " << i;
      }
    }
    if (batch > 1 && !problem->mixes_rows) {
      CheckRowIsAlone(**session, *problem, std::move(operands), *first);
    }
  }

 private:
  // The middle row keeps its values and all others change.
  void CheckRowIsAlone(compute::Session& session, const Problem& problem,
                       std::vector<compute::HostTensor> operands,
                       const std::vector<compute::HostTensor>& before) {
    const int64_t batch = problem.outputs.front().shape[0];
    const int64_t row = batch / 2;
    ChangeOtherRows(problem, row, SeedOf(GetParam().one_case) + 1, operands);
    const auto after = RunProblem(session, problem, operands);
    ASSERT_TRUE(after.ok()) << after.status();
    bool changes = false;
    for (size_t i = 0; i < before.size(); ++i) {
      const size_t stride = before[i].bytes().size() / static_cast<size_t>(batch);
      const size_t start = static_cast<size_t>(row) * stride;
      EXPECT_TRUE(SameBits(before[i].bytes().subspan(start, stride),
                           (*after)[i].bytes().subspan(start, stride)))
          << "row " << row << " of output " << i << " changes when other rows do";
      changes |= !SameBits(before[i].bytes(), (*after)[i].bytes());
    }
    EXPECT_TRUE(changes) << "new inputs change nothing";
  }
};

TEST_P(ConformanceTest, AgreesWithTheFormula) {
  const absl::StatusOr<compute::Device*> device = TestDevice(GetParam().device);
  if (absl::IsNotFound(device.status())) GTEST_SKIP() << device.status();
  ASSERT_TRUE(device.ok()) << device.status();
  const std::vector<int64_t>& batches = GetParam().one_case.batches;
  for (const int64_t batch : batches) {
    CheckBatch(**device, batch, Surroundings::kAlone);
    if (HasFatalFailure()) return;
  }
  CheckBatch(**device, batches.back(), Surroundings::kBetweenPools);
  if (UnderValidation()) {
    EXPECT_EQ(compute::ValidationMessageCount(), 0);
  }
}

std::vector<DeviceCase> AllCases() {
  std::vector<DeviceCase> all;
  for (const std::string& device : TestDeviceNames()) {
    for (const std::string& op : OperatorFiles()) {
      const absl::StatusOr<std::vector<Case>> cases = ReadCases(op);
      if (!cases.ok()) continue;  // EveryFileIsValid says why
      for (const Case& one_case : *cases) all.push_back({device, one_case});
    }
  }
  return all;
}

std::string NameOfCase(const ::testing::TestParamInfo<DeviceCase>& tested) {
  const DeviceCase& param = tested.param;
  return absl::StrFormat("%s_%s_%s", param.device, param.one_case.op, param.one_case.name);
}

INSTANTIATE_TEST_SUITE_P(Cases, ConformanceTest, ::testing::ValuesIn(AllCases()), NameOfCase);

TEST(CaseFilesTest, EveryFileIsValid) {
  for (const std::string& op : OperatorFiles()) {
    SCOPED_TRACE(op);
    const absl::StatusOr<std::vector<Case>> cases = ReadCases(op);
    ASSERT_TRUE(cases.ok()) << cases.status();
    for (const Case& one_case : *cases) {
      for (const int64_t batch : one_case.batches) {
        EXPECT_TRUE(MakeProblem(one_case, batch).ok())
            << one_case.name << ": " << MakeProblem(one_case, batch).status();
      }
    }
  }
}

}  // namespace
}  // namespace convoy::testing
