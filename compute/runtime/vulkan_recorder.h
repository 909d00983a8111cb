// Turns a Plan into the dispatches of one Vulkan session: asks every operator for its layouts, puts
// layout changes between them, lets the operators record. Nothing is placed in memory yet: operands
// are numbered tensors, and tensors share numbered storages.
//
//   PlanRecorder recorder(kernels, weights, traits);
//   CONVOY_ASSIGN_OR_RETURN(RecordedPlan recorded, recorder.Record(plan));
//
// Not thread-safe.
#pragma once

#include <array>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "compute/plan/plan.h"
#include "compute/runtime/concat_places.h"
#include "compute/runtime/device.h"
#include "compute/runtime/vulkan_kernels.h"
#include "compute/runtime/vulkan_weights.h"
#include "compute/tune/kernel_tuner.h"
#include "compute/vulkan/step_builder.h"

namespace convoy::compute {

enum class StorageKind {
  kArena,    // alive between its first writer and its last reader
  kInput,    // a plan input: the host writes it
  kOutput,   // a plan output: the host reads it
  kWeights,  // lies in a block of VulkanWeights
};

struct RecordedStorage {
  StorageKind kind = StorageKind::kArena;
  int64_t bytes = 0;
  bool halves = false;            // four halves a vec4, not four floats
  std::string name;               // of the value, for messages
  VulkanWeights::Handle weights;  // kWeights
  // A run of another storage's memory, of the same kind; -1: memory of its own. Never a part of a
  // part.
  int part_of = -1;
  int64_t part_offset = 0;  // bytes
};

struct RecordedTensor {
  VulkanTensor tensor;
  int storage = -1;
};

struct RecordedDispatch {
  VulkanKernel kernel;
  std::array<int, 4> inputs{-1, -1, -1, -1};  // storages
  int output = -1;
  std::array<std::byte, 128> push{};  // the first 16 bytes are filled when storages are placed
  size_t push_bytes = 16;
  std::array<uint32_t, 3> groups{1, 1, 1};
  uint32_t local_size = 0;
  std::string_view why;  // as VulkanDispatch
  int step = 0;          // in `steps`
  double flops = 0;
};

// What a plan output shows.
struct RecordedOutput {
  int storage = -1;                            // -1: a constant
  std::shared_ptr<const HostTensor> constant;  // then its value
  TensorSpec spec;
};

// A copy on the device, after all dispatches: a plan output that is an alias of a constant.
struct RecordedCopy {
  int from = -1;
  int to = -1;
  int64_t bytes = 0;
};

struct RecordedPlan {
  std::vector<RecordedStorage> storages;
  std::vector<RecordedDispatch> dispatches;
  std::vector<RecordedCopy> copies;
  std::vector<int> inputs;  // storages
  std::vector<TensorSpec> input_specs;
  std::vector<RecordedOutput> outputs;
  std::vector<StepReport> steps;
};

class PlanRecorder : public VulkanStepBuilder {
 public:
  // `choices` has an entry a step, or none at all: then the choice tables decide.
  PlanRecorder(const DevicePlan& device, VulkanKernels& kernels, VulkanWeights& weights,
               std::span<const KernelChoice> choices = {})
      : device_(device), kernels_(kernels), weights_(weights), choices_(choices) {}

  // UNIMPLEMENTED names the step without a kernel, RESOURCE_EXHAUSTED the tensor that no binding of
  // the device can hold.
  absl::StatusOr<RecordedPlan> Record(const Plan& plan);

  const VulkanTraits& traits() const override { return device_.traits; }
  const VulkanTensor& input(int i) const override;
  const VulkanTensor& output(int i) const override;
  VulkanOperand input_operand(int i) const override;
  VulkanOperand output_operand(int i) const override;
  const HostTensor* constant(int i) const override;
  absl::StatusOr<VulkanOperand> Weights(
      const HostTensor& values, std::string_view packing,
      const std::function<std::vector<float>(std::span<const float>)>& pack) override;
  absl::StatusOr<VulkanOperand> FloatWeights(
      const HostTensor& values, std::string_view packing,
      const std::function<std::vector<float>(std::span<const float>)>& pack) override {
    return PackWeights(values, packing, /*halves=*/false, pack);
  }
  absl::StatusOr<VulkanOperand> Scratch(int64_t vec4s) override;
  absl::Status Dispatch(const VulkanDispatch& dispatch) override;
  bool Usable(std::string_view shader) const override { return kernels_.Usable(shader); }
  std::string ObjectionTo(std::string_view shader) const override {
    return kernels_.ObjectionTo(shader);
  }
  void Refuse(std::vector<OtherKernel> others) override;
  std::string_view ForcedKernel(std::string_view family) const override;
  absl::Status Alias(int input) override;
  absl::Status AliasQuads(int input, int64_t first_quad) override;
  bool LiesInOutput(int input, int64_t first_quad) const override;

 private:
  // A value's tensors by layout; -1 where it has none yet.
  struct ValueTensors {
    int linear = -1;
    int c4 = -1;
    int& of(VulkanLayout layout) { return layout == VulkanLayout::kC4 ? c4 : linear; }
  };
  struct StepInput {
    int tensor = -1;  // -1: left on the host
    const HostTensor* constant = nullptr;
    VulkanTensor host;  // its spec, where it has no tensor
  };

  absl::Status RecordStep(const Plan& plan, const PlanStep& step);
  absl::Status PrepareInputs(const PlanStep& step, const VulkanLayouts& layouts);
  absl::Status RecordOutputs(const Plan& plan);
  absl::StatusOr<VulkanLayouts> AskLayouts(const PlanStep& step) const;

  // The tensor of `value` in `layout`, made from what there is where necessary.
  absl::StatusOr<int> EnsureTensor(int value, VulkanLayout layout);
  absl::StatusOr<int> UploadConstant(int value, VulkanLayout layout);
  absl::StatusOr<int> ConvertLayout(int value, VulkanLayout layout);
  absl::StatusOr<int> AddTensor(const TensorSpec& spec, VulkanLayout layout, std::string_view name);
  // As AddTensor; in memory of its concatenation where the value has a place there.
  absl::StatusOr<int> AddValue(int value, VulkanLayout layout);
  absl::StatusOr<int> WholeStorage(const ConcatPlace& place);
  int AddStorage(RecordedStorage storage);
  int64_t QuadBytes(const RecordedTensor& tensor) const;
  int AddPart(int whole, int64_t offset, int64_t bytes, std::string_view name);
  absl::StatusOr<int> AddWeights(const VulkanTensor& tensor, VulkanWeights::Handle handle,
                                 std::string_view name);
  absl::StatusOr<VulkanOperand> PackWeights(
      const HostTensor& values, std::string_view packing, bool halves,
      const std::function<std::vector<float>(std::span<const float>)>& pack);
  absl::Status CheckBinding(int tensor) const;
  // The kernels' constant of that name: a bit an operand that lies in memory as halves.
  uint32_t HalvesOf(const VulkanDispatch& dispatch) const;

  // Reports are filled from the dispatches between these two.
  void BeginReport(std::string name, const OpCost& cost);
  void EndReport();
  void AddEstimates(const RecordedDispatch& dispatch, StepReport& report) const;

  const DevicePlan& device_;
  VulkanKernels& kernels_;
  VulkanWeights& weights_;
  const std::span<const KernelChoice> choices_;
  const KernelChoice* choice_ = nullptr;  // of the step that records; null: none
  const Plan* plan_ = nullptr;
  RecordedPlan recorded_;
  std::deque<RecordedTensor> tensors_;  // launchers hold references while they add more
  std::vector<ValueTensors> values_;
  ConcatPlaces places_;
  std::vector<int> wholes_;  // by value: the storage that parts of it lie in already; -1: none
  std::vector<StepInput> step_inputs_;
  std::vector<int> step_outputs_;  // tensors
  size_t first_dispatch_ = 0;      // of the report that is open
};

}  // namespace convoy::compute
