// ONNX bytes on their way to answers: parser, graph with its shapes, passes, plan, and, where the
// network is small, a run by the reference kernels.
#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "compute/runtime/reference_session.h"
#include "models/lower/lower.h"
#include "models/onnx/onnx_model.h"
#include "models/passes/passes.h"
#include "tests/fuzz/fuzz_target.h"

namespace {

using convoy::compute::Plan;
using convoy::compute::Shape;
using convoy::models::OnnxModel;
using convoy::testing::Require;

// Beyond this a run would take the fuzzer's time and show nothing new.
constexpr double kMostFlops = 1e6;
constexpr int64_t kMostElements = 1 << 16;

// As the server's limit for what a request may be.
constexpr int64_t kMostInputElements = int64_t{1} << 24;

bool InputShapes(const OnnxModel& model, int64_t open, std::vector<Shape>& shapes) {
  for (const auto& input : model.inputs()) {
    Shape shape;
    int64_t elements = 1;
    for (const int64_t dim : input.dims) {
      const int64_t extent = dim == convoy::models::kSymbolicDim ? open : dim;
      if (extent < 0 || __builtin_mul_overflow(elements, extent, &elements)) return false;
      if (elements > kMostInputElements) return false;
      shape.Append(extent);
    }
    shapes.push_back(std::move(shape));
  }
  return true;
}

// Asked before memory is taken: a few bytes may spell a plan of gibibytes, which a server refuses
// by what its machine has.
bool HasSmallValues(const Plan& plan) {
  return std::ranges::all_of(
      plan.values, [](const auto& value) { return value.spec.elements() <= kMostElements; });
}

bool IsQuick(const convoy::compute::SessionReport& report) {
  double flops = 0;
  for (const auto& step : report.steps) flops += step.cost.flops;
  return flops <= kMostFlops;
}

void Run(const Plan& plan) {
  if (!HasSmallValues(plan)) return;
  const auto device = convoy::compute::MakeReferenceDevice({});
  const auto session = device->Compile(plan);
  if (session.ok() && IsQuick((*session)->report())) (void)(*session)->Run();
}

void Import(const OnnxModel& model, std::span<const Shape> shapes) {
  auto graph = model.Import(shapes);
  if (!graph.ok()) {
    Require(!graph.status().message().empty(), "an error says what is wrong");
    (void)model.FindFaults(shapes);
    return;
  }
  Require(VerifyGraph(*graph).ok(), "an imported graph is whole");
  Require(RunPasses(*graph, {}).ok(), "the passes take every imported graph");
  const auto plan = convoy::models::LowerToPlan(*graph, "net:1");
  Require(plan.ok(), "every graph becomes a plan");
  Require(VerifyPlan(*plan).ok(), "the plan is whole");
  Run(*plan);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto model =
      OnnxModel::Parse({reinterpret_cast<const std::byte*>(data), size}, "net", /*directory=*/"");
  if (!model.ok()) {
    Require(!model.status().message().empty(), "an error says what is wrong");
    return 0;
  }
  for (const int64_t open : {1, 3}) {
    std::vector<Shape> shapes;
    if (InputShapes(*model, open, shapes)) Import(*model, shapes);
  }
  return 0;
}
