// A compiled plan on a Vulkan device: its memory, its descriptor sets and the command buffers that
// Run submits. Everything is made in Create; Run only submits and waits.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "compute/runtime/device.h"
#include "compute/runtime/vulkan_placement.h"
#include "compute/runtime/vulkan_recorder.h"
#include "compute/vulkan/buffer.h"
#include "compute/vulkan/commands.h"
#include "compute/vulkan/dispatch_order.h"

namespace convoy::compute {

class VulkanSession : public Session {
 public:
  // `plan` must have been recorded for `device`, and its weights flushed.
  static absl::StatusOr<std::unique_ptr<VulkanSession>> Create(VulkanDevice& device,
                                                               RecordedPlan plan);

  std::span<std::byte> input(int i) override;
  std::span<const std::byte> output(int i) const override;
  absl::Status Run() override;
  absl::StatusOr<SessionReport> Profile(int repeats) override;
  const SessionReport& report() const override { return report_; }

  // Barriers between dispatches, and the submissions of a run.
  int barriers() const { return barriers_; }
  int submissions() const { return static_cast<int>(commands_->buffers().size()); }

 private:
  VulkanSession(VulkanDevice& device, RecordedPlan plan)
      : device_(device), plan_(std::move(plan)) {}

  absl::Status Allocate();
  absl::Status Admit() const;
  absl::Status AllocateHostSide();
  void AllocateConverted();
  absl::Status ZeroStarts();
  absl::Status WriteDescriptors();
  std::vector<Before> Order() const;
  absl::Status RecordCommands(CommandList& list, bool timed);
  void RecordInputs(CommandList& list);
  void RecordOutputs(CommandList& list);
  // Begins another command buffer, ordered behind everything before.
  absl::Status NextSubmission(CommandList& list);
  void FillReport();

  // The words that the host shares with the device.
  std::span<std::byte> InputWords(size_t i) const;
  std::span<std::byte> OutputWords(size_t i) const;
  absl::Status WriteInputWords();
  void ReadOutputWords();

  // Where a storage lies for kernels; no buffer for -1.
  BufferSlice SliceOf(int storage) const;
  std::vector<double> StepMilliseconds(const std::vector<double>& nanoseconds) const;

  VulkanDevice& device_;
  RecordedPlan plan_;
  StoragePlacement placement_;
  // What kernels use. Inputs and outputs are also what the host uses where the memory is shared.
  std::unique_ptr<VulkanBuffer> arena_, inputs_, outputs_;
  // The host's side of inputs and outputs where it is not.
  std::unique_ptr<VulkanBuffer> upload_, readback_;
  // Inputs and outputs of types that are no words, as the caller sees them; empty for the others.
  std::vector<HostTensor> converted_inputs_, converted_outputs_;
  std::unique_ptr<DescriptorSets> sets_;
  std::vector<VkDescriptorSet> dispatch_sets_;
  std::unique_ptr<CommandList> commands_;
  int barriers_ = 0;
  SessionReport report_;
};

}  // namespace convoy::compute
