// The conformance cases of convolution, up-convolution and dense layers under every Vulkan kernel
// that this machine can run, each forced in turn, on either load path: a choice table would leave
// most of them to few cases. Each variant takes every kDefaultStride-th case, another part than the
// variant before it; with CONVOY_TEST_ALL_CASES=1 all cases at all their batch sizes.
#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <map>
#include <ostream>

#include "absl/strings/str_format.h"
#include "compute/ops/conv/conv_kernels_vulkan.h"
#include "compute/ops/gemm/dense_vulkan.h"
#include "compute/runtime/vulkan_session.h"
#include "compute/vulkan/shader_catalog.h"
#include "tests/conformance/problem_run.h"
#include "tests/support/test_devices.h"

namespace convoy::testing {
namespace {

constexpr int kDefaultStride = 10;

bool TakesAllCases() {
  const char* value = std::getenv("CONVOY_TEST_ALL_CASES");
  return value != nullptr && std::strcmp(value, "1") == 0;
}

struct Variant {
  int number = 0;
  std::string forced;                 // "sm64x64_ssbo"
  std::string shown;                  // what a report calls it: "conv_block_64x64_ssbo"
  std::vector<std::string> families;  // whose kernels it replaces
};

void PrintTo(const Variant& variant, std::ostream* out) { *out << variant.forced; }

std::vector<Variant> AllVariants() {
  std::vector<Variant> variants;
  for (const compute::ConvKernel& row : compute::AllConvKernels()) {
    for (const char* path : {"_texel", "_ssbo"}) {
      const std::string shader = std::string(row.shader) + path;
      if (compute::FindShader(shader) == nullptr) continue;
      variants.push_back({static_cast<int>(variants.size()),
                          std::string(row.name) + path,
                          shader.substr(shader.find('/') + 1),
                          {"conv", "upconv", "gemm"}});
    }
  }
  for (const std::string& name : compute::DenseKernelNames()) {
    const std::string shown = name == "linear" ? "gemm_linear" : name;
    variants.push_back({static_cast<int>(variants.size()), name, shown, {"gemm"}});
  }
  return variants;
}

// Operands and answers of a case, which all variants share.
struct Answers {
  std::vector<compute::HostTensor> operands;
  std::vector<compute::HostTensor> expected;
};

const Answers& AnswersOf(const Case& one_case, const Problem& problem, int64_t batch) {
  static auto* const answers = new std::map<std::string, Answers>;
  Answers& known = (*answers)[absl::StrFormat("%s %s %d", one_case.op, one_case.name, batch)];
  if (known.expected.empty()) {
    known.operands = RandomOperands(problem, 7);
    known.expected = Expected(problem, known.operands);
  }
  return known;
}

class VulkanVariantsTest : public ::testing::TestWithParam<Variant> {
 protected:
  void Check(compute::Device& device, const Case& one_case, int64_t batch) {
    SCOPED_TRACE(absl::StrFormat("%s %s in a batch of %d", one_case.op, one_case.name, batch));
    const absl::StatusOr<Problem> problem = MakeProblem(one_case, batch);
    ASSERT_TRUE(problem.ok()) << problem.status();
    const Answers& answers = AnswersOf(one_case, *problem, batch);
    const absl::StatusOr<std::unique_ptr<compute::Session>> session =
        CompileProblem(device, *problem, answers.operands, Surroundings::kAlone);
    // A variant of other drivers, or too many channels for it.
    if (absl::IsUnimplemented(session.status())) return;
    ASSERT_TRUE(session.ok()) << session.status();
    bool is_forced = false;
    for (const compute::StepReport& step : (*session)->report().steps) {
      is_forced |= step.kernel.find(GetParam().shown) != std::string::npos;
    }
    if (!is_forced) return;  // the variant does not cover the case
    ++cases_run_;
    const auto actual = RunProblem(**session, *problem, answers.operands);
    ASSERT_TRUE(actual.ok()) << actual.status();
    for (size_t i = 0; i < answers.expected.size(); ++i) {
      EXPECT_EQ(FirstDifference((*actual)[i], answers.expected[i], one_case.bound), "");
    }
  }

  int cases_run_ = 0;
};

TEST_P(VulkanVariantsTest, CasesAgreeWithTheFormula) {
  std::string forced;
  for (const std::string& family : GetParam().families) {
    forced += absl::StrFormat("%s%s=%s", forced.empty() ? "" : ",", family, GetParam().forced);
  }
  const int messages_before = compute::VulkanValidationMessageCount();
  const absl::StatusOr<std::unique_ptr<compute::Device>> device =
      compute::OpenVulkan(0, {.validation = UnderValidation(), .vulkan_kernels = forced});
  if (absl::IsNotFound(device.status())) GTEST_SKIP() << device.status();
  ASSERT_TRUE(device.ok()) << device.status();
  int number = 0;
  for (const char* op : {"conv", "conv_transpose", "gemm"}) {
    const absl::StatusOr<std::vector<Case>> cases = ReadCases(op);
    ASSERT_TRUE(cases.ok()) << cases.status();
    for (const Case& one_case : *cases) {
      const bool is_part = number++ % kDefaultStride == GetParam().number % kDefaultStride;
      if (!TakesAllCases() && !is_part) continue;
      const std::vector<int64_t>& batches = one_case.batches;
      for (size_t i = TakesAllCases() ? 0 : batches.size() - 1; i < batches.size(); ++i) {
        Check(**device, one_case, batches[i]);
      }
    }
  }
  std::printf("%s computed %d cases\n", GetParam().forced.c_str(), cases_run_);
  EXPECT_EQ(compute::VulkanValidationMessageCount(), messages_before);
}

INSTANTIATE_TEST_SUITE_P(Variants, VulkanVariantsTest, ::testing::ValuesIn(AllVariants()),
                         [](const ::testing::TestParamInfo<Variant>& variant) {
                           return variant.param.forced;
                         });

}  // namespace
}  // namespace convoy::testing
