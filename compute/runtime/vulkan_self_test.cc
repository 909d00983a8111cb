#include "compute/runtime/vulkan_self_test.h"

#include <xxhash.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>
#include <string>

#include "compute/base/log.h"
#include "compute/base/status.h"
#include "compute/ops/conv/conv_kernels_vulkan.h"
#include "compute/runtime/vulkan_verdict_file.h"
#include "compute/vulkan/cache_file.h"
#include "compute/vulkan/shader_catalog.h"

namespace convoy::compute {
namespace {

// Of the largest output: ten times what the order of additions explains.
constexpr float kTolerance = 1e-5f;
constexpr int kRuns = 3;  // must agree bit for bit

// One kernel and the step that proves it.
struct KernelTest {
  std::string shader;  // catalog name without load path
  std::string family;  // what forces it
  std::string kernel;
  OpParams op;
  std::vector<Shape> inputs;  // the first is given at run time, the others are constants
  bool residual = false;      // the last input is given too
};

// Values in [-1, 1] that any platform computes alike.
HostTensor TestValues(const Shape& shape, uint32_t seed) {
  HostTensor tensor(TensorSpec{DType::kFloat32, shape});
  uint32_t state = seed * 2654435761u + 1;
  for (float& value : tensor.mutable_data<float>()) {
    state = state * 1664525u + 1013904223u;
    value = static_cast<float>(state >> 8) / 8388608.0f - 1.0f;
  }
  return tensor;
}

ConvProblem ProblemOf(const ConvParams& params, const Shape& x, const TensorSpec& y) {
  return {.x = ImageDimsOf(x),
          .y = ImageDimsOf(y.shape),
          .window = params.window,
          .group = params.group};
}

// A padded 3x3 convolution of stride 2 with 13 input channels (117 products an output), a residual
// and a clip, for `row`, of a size that it covers; nothing when the device never chooses the row.
std::optional<KernelTest> ConvTest(const ConvKernel& row, const VulkanTraits& traits) {
  if (row.method == ConvMethod::kDirect) return std::nullopt;
  const bool depthwise = row.method != ConvMethod::kRegisterTile;
  struct Size {
    int64_t n, m, h, w;
  };
  // 45, 30, 15 and 6 output pixels; the second tile of channels is filled partly.
  constexpr Size kSizes[] = {{3, 70, 5, 9}, {2, 70, 5, 9}, {1, 70, 5, 9},
                             {1, 70, 3, 5}, {3, 30, 5, 9}, {3, 7, 5, 9}};
  for (const Size& size : kSizes) {
    const int64_t c = 13;
    const int64_t m = depthwise ? c : size.m;
    KernelTest test{.shader = std::string(row.shader),
                    .family = "conv",
                    .kernel = std::string(row.name),
                    .residual = true};
    ConvParams params{.group = depthwise ? c : 1,
                      .has_bias = true,
                      .has_residual = true,
                      .activation = {ActivationKind::kClip, -2.0f, 1.5f}};
    params.window.kernel = {1, 3, 3};
    params.window.strides = {1, 2, 2};
    params.window.pads_begin = params.window.pads_end = {0, 1, 1};
    const Shape x{size.n, c, size.h, size.w};
    test.inputs = {x, {m, depthwise ? 1 : c, 3, 3}, {m}};
    const Shape y{size.n, m, (size.h + 1) / 2, (size.w + 1) / 2};
    test.inputs.push_back(y);
    if (!row.covers(ProblemOf(params, x, {DType::kFloat32, y}), traits)) continue;
    test.op = params;
    return test;
  }
  return std::nullopt;
}

// 103 inputs, no multiple of anything, to 37 outputs.
KernelTest DenseTest(int rows, bool shuffle) {
  const std::string name = absl::StrFormat("dense_%d%s", rows, shuffle ? "_shuffle" : "");
  return {.shader = "gemm/" + name,
          .family = "gemm",
          .kernel = name,
          .op = GemmParams{.alpha = 0.5f,
                           .trans_b = true,
                           .has_bias = true,
                           .activation = {ActivationKind::kRelu}},
          .inputs = {{rows, 103}, {37, 103}, {37}}};
}

std::vector<KernelTest> TestsFor(VulkanRuntimeDevice& device) {
  std::vector<KernelTest> tests;
  const auto add = [&](KernelTest test) {
    if (device.kernels().Usable(test.shader)) tests.push_back(std::move(test));
  };
  for (const ConvKernel& row : AllConvKernels()) {
    std::optional<KernelTest> test = ConvTest(row, device.vulkan().plan().traits);
    if (test.has_value()) add(*std::move(test));
  }
  for (const int rows : {1, 2, 4, 8}) {
    add(DenseTest(rows, /*shuffle=*/true));
    add(DenseTest(rows, /*shuffle=*/false));
  }
  return tests;
}

struct TestPlan {
  Plan plan;
  std::vector<HostTensor> given;  // plan inputs
  HostTensor expected;
};

absl::StatusOr<TestPlan> MakePlan(const KernelTest& test) {
  TestPlan made;
  made.plan.name = "self-test of " + test.shader;
  PlanStep step{.name = test.kernel, .op = test.op};
  std::vector<TensorSpec> specs;
  std::vector<HostTensor> values;
  for (size_t i = 0; i < test.inputs.size(); ++i) {
    values.push_back(TestValues(test.inputs[i], static_cast<uint32_t>(i) + 1));
    specs.push_back(values.back().spec());
  }
  CONVOY_ASSIGN_OR_RETURN(const TensorSpecs outputs, InferShapes(test.op, specs));
  made.expected = HostTensor(outputs[0]);
  std::vector<TensorView> views;
  for (const HostTensor& value : values) views.push_back(value.view());
  const MutableTensorView expected = made.expected.mutable_view();
  RunReference(test.op, views, {&expected, 1});
  for (size_t i = 0; i < values.size(); ++i) {
    const int value = static_cast<int>(i);
    const bool given = i == 0 || (test.residual && i + 1 == values.size());
    PlanValue facts{.name = absl::StrFormat("input %d", i), .spec = specs[i]};
    step.inputs.push_back(value);
    if (given) {
      made.plan.inputs.push_back(value);
      made.given.push_back(std::move(values[i]));
    } else {
      facts.constant = std::make_shared<const HostTensor>(std::move(values[i]));
    }
    made.plan.values.push_back(std::move(facts));
  }
  const int output = static_cast<int>(values.size());
  made.plan.values.push_back({.name = "output", .spec = outputs[0]});
  step.outputs = {output};
  made.plan.outputs = {output};
  made.plan.steps.push_back(std::move(step));
  return made;
}

absl::Status CompareWithReference(std::span<const float> given, std::span<const float> expected) {
  float largest = 1;
  for (const float value : expected) largest = std::max(largest, std::abs(value));
  for (size_t i = 0; i < expected.size(); ++i) {
    // Negated, so that NaN fails.
    if (!(std::abs(given[i] - expected[i]) <= kTolerance * largest)) {
      return absl::DataLossError(absl::StrFormat("element %d of %d is %g, but must be %g", i,
                                                 expected.size(), given[i], expected[i]));
    }
  }
  return absl::OkStatus();
}

absl::Status RunTest(const KernelTest& test, VulkanRuntimeDevice& device) {
  CONVOY_ASSIGN_OR_RETURN(const TestPlan made, MakePlan(test));
  CONVOY_ASSIGN_OR_RETURN(const std::unique_ptr<Session> session,
                          device.CompileForced(made.plan, {{test.family, test.kernel}}));
  for (size_t i = 0; i < made.given.size(); ++i) {
    const std::span<const std::byte> bytes = made.given[i].bytes();
    std::memcpy(session->input(static_cast<int>(i)).data(), bytes.data(), bytes.size());
  }
  std::vector<float> first;
  for (int run = 0; run < kRuns; ++run) {
    CONVOY_RETURN_IF_ERROR(session->Run());
    const std::span<const std::byte> bytes = session->output(0);
    std::vector<float> values(bytes.size() / sizeof(float));
    std::memcpy(values.data(), bytes.data(), bytes.size());
    CONVOY_RETURN_IF_ERROR(CompareWithReference(values, made.expected.data<float>()));
    if (run == 0) first = values;
    if (std::memcmp(first.data(), values.data(), bytes.size()) != 0) {
      return absl::DataLossError("two runs with the same input give different bits");
    }
  }
  return absl::OkStatus();
}

std::string VerdictKey(const DeviceSnapshot& s, const std::vector<KernelTest>& tests) {
  XXH3_state_t* state = XXH3_createState();
  XXH3_64bits_reset(state);
  for (const ShaderCode& code : AllShaders()) {
    XXH3_64bits_update(state, code.words.data(), code.words.size_bytes());
  }
  for (const KernelTest& test : tests) {
    XXH3_64bits_update(state, test.shader.data(), test.shader.size());
  }
  const uint64_t shaders = XXH3_64bits_digest(state);
  XXH3_freeState(state);
  return absl::StrFormat("%s | %s %s %08x | api %08x | subgroup %d | shaders %016x", s.name,
                         s.driver_name, s.driver_text, s.driver_version, s.api_version,
                         s.subgroup_size, shaders);
}

std::string VerdictFile(const DeviceSnapshot& s) {
  return CacheFilePath(
      absl::StrFormat("verdicts-%08x-%08x-%d", s.vendor_id, s.device_id, s.subgroup_size));
}

}  // namespace

std::vector<KernelVerdict> KernelVerdicts(VulkanRuntimeDevice& device) {
  const DeviceSnapshot& snapshot = device.vulkan().snapshot();
  const std::vector<KernelTest> tests = TestsFor(device);
  const std::string key = VerdictKey(snapshot, tests);
  const std::string path = VerdictFile(snapshot);
  if (const std::optional<std::string> text = path.empty() ? std::nullopt : ReadCacheFile(path)) {
    if (std::optional<std::vector<KernelVerdict>> known = ParseVerdicts(*text, key)) return *known;
  }
  LogInfo("testing %d kernels of Vulkan device '%s'", tests.size(), snapshot.name);
  std::vector<KernelVerdict> verdicts;
  for (const KernelTest& test : tests) {
    const absl::Status status = RunTest(test, device);
    verdicts.push_back({test.shader, status.ok(), std::string(status.message())});
    if (!status.ok()) {
      LogWarning("kernel '%s' is set aside on Vulkan device '%s': %s", test.shader, snapshot.name,
                 status.message());
    }
    if (device.vulkan().lost()) return verdicts;  // says nothing about the kernels after it
  }
  if (!path.empty()) WriteCacheFile(path, FormatVerdicts(key, verdicts));
  return verdicts;
}

}  // namespace convoy::compute
