#include "compute/runtime/vulkan_run.h"

#include <algorithm>
#include <cstring>
#include <set>

#include "compute/base/status.h"
#include "compute/runtime/step_times.h"
#include "compute/tensor/words.h"

namespace convoy::compute {
namespace {

std::span<uint32_t> AsWords(std::span<std::byte> bytes) {
  return {reinterpret_cast<uint32_t*>(bytes.data()), bytes.size() / sizeof(uint32_t)};
}

BufferSlice Whole(const VulkanBuffer& buffer) { return {&buffer, 0, buffer.bytes()}; }

// Names buffers for the hazard tracker in the order they are met.
class BufferNumbers {
 public:
  ByteRange RangeOf(const BufferSlice& slice) {
    const auto found = std::find(buffers_.begin(), buffers_.end(), slice.buffer);
    const int number = static_cast<int>(found - buffers_.begin());
    if (found == buffers_.end()) buffers_.push_back(slice.buffer);
    return {number, slice.offset, slice.offset + slice.bytes};
  }

 private:
  std::vector<const VulkanBuffer*> buffers_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<VulkanSession>> VulkanSession::Create(VulkanDevice& device,
                                                                     RecordedPlan plan) {
  std::unique_ptr<VulkanSession> session(new VulkanSession(device, std::move(plan)));
  CONVOY_RETURN_IF_ERROR(session->Allocate());
  CONVOY_RETURN_IF_ERROR(session->ZeroStarts());
  CONVOY_RETURN_IF_ERROR(session->WriteDescriptors());
  CONVOY_ASSIGN_OR_RETURN(session->commands_, CommandList::Create(device));
  CONVOY_RETURN_IF_ERROR(session->RecordCommands(*session->commands_, /*timed=*/false));
  session->AllocateConverted();
  session->FillReport();
  return session;
}

absl::Status VulkanSession::Allocate() {
  const DevicePlan& plan = device_.plan();
  placement_ = PlaceStorages(plan_, plan.alignment);
  CONVOY_RETURN_IF_ERROR(Admit());
  CONVOY_ASSIGN_OR_RETURN(
      arena_, VulkanBuffer::Create(device_, placement_.arena_bytes, MemoryIntent::kActivations,
                                   "intermediate tensors"));
  const bool shared = plan.shared_memory;
  CONVOY_ASSIGN_OR_RETURN(
      inputs_,
      VulkanBuffer::Create(device_, placement_.input_bytes,
                           shared ? MemoryIntent::kUpload : MemoryIntent::kActivations, "inputs"));
  CONVOY_ASSIGN_OR_RETURN(
      outputs_, VulkanBuffer::Create(device_, placement_.output_bytes,
                                     shared ? MemoryIntent::kReadback : MemoryIntent::kActivations,
                                     "outputs"));
  return shared ? absl::OkStatus() : AllocateHostSide();
}

// All of the session's memory at once, before any of it is taken.
absl::Status VulkanSession::Admit() const {
  const bool shared = device_.plan().shared_memory;
  std::vector<MemoryNeed> needs{
      {MemoryIntent::kActivations, placement_.arena_bytes},
      {shared ? MemoryIntent::kUpload : MemoryIntent::kActivations, placement_.input_bytes},
      {shared ? MemoryIntent::kReadback : MemoryIntent::kActivations, placement_.output_bytes}};
  if (!shared) {
    needs.push_back({MemoryIntent::kUpload, placement_.input_bytes});
    needs.push_back({MemoryIntent::kReadback, placement_.output_bytes});
  }
  return device_.memory().Admit(needs, "inputs, outputs and intermediate tensors");
}

absl::Status VulkanSession::AllocateHostSide() {
  CONVOY_ASSIGN_OR_RETURN(upload_, VulkanBuffer::Create(device_, placement_.input_bytes,
                                                        MemoryIntent::kUpload, "input upload"));
  CONVOY_ASSIGN_OR_RETURN(
      readback_, VulkanBuffer::Create(device_, placement_.output_bytes, MemoryIntent::kReadback,
                                      "output readback"));
  std::memset(upload_->mapped().data(), 0, upload_->mapped().size());
  return absl::OkStatus();
}

absl::Status VulkanSession::ZeroStarts() {
  CONVOY_ASSIGN_OR_RETURN(const std::unique_ptr<CommandList> list, CommandList::Create(device_));
  CONVOY_RETURN_IF_ERROR(list->Begin());
  for (VulkanBuffer* buffer : {arena_.get(), inputs_.get(), outputs_.get()}) {
    list->Zero({buffer, 0, buffer == inputs_.get() ? buffer->bytes() : kZeroBytes});
  }
  list->Barrier();
  list->BarrierToHost();
  CONVOY_RETURN_IF_ERROR(list->End());
  CONVOY_ASSIGN_OR_RETURN(const uint64_t moment, device_.Submit(list->buffers()));
  return device_.Wait(moment);
}

BufferSlice VulkanSession::SliceOf(int storage) const {
  if (storage < 0) return {};
  const RecordedStorage& facts = plan_.storages[storage];
  const int64_t offset = placement_.offsets[storage];
  switch (facts.kind) {
    case StorageKind::kArena:
      return {arena_.get(), offset, facts.bytes};
    case StorageKind::kInput:
      return {inputs_.get(), offset, facts.bytes};
    case StorageKind::kOutput:
      return {outputs_.get(), offset, facts.bytes};
    case StorageKind::kWeights:
      return {facts.weights->buffer.get(), facts.weights->offset + facts.part_offset, facts.bytes};
  }
  return {};
}

absl::Status VulkanSession::WriteDescriptors() {
  CONVOY_ASSIGN_OR_RETURN(sets_, DescriptorSets::Create(device_, plan_.dispatches.size()));
  for (RecordedDispatch& dispatch : plan_.dispatches) {
    std::array<BufferSlice, kInputBindings> inputs;
    std::array<int32_t, kInputBindings> bases{};
    for (size_t i = 0; i < kInputBindings; ++i) {
      inputs[i] = SliceOf(dispatch.inputs[i]);
      inputs[i].halves = dispatch.inputs[i] >= 0 && plan_.storages[dispatch.inputs[i]].halves;
      bases[i] = static_cast<int32_t>(inputs[i].offset / (inputs[i].halves ? 8 : 16));
    }
    std::memcpy(dispatch.push.data(), bases.data(), sizeof(bases));
    CONVOY_ASSIGN_OR_RETURN(const VkDescriptorSet set,
                            sets_->Add(inputs, SliceOf(dispatch.output), dispatch.kernel.texels));
    dispatch_sets_.push_back(set);
  }
  return absl::OkStatus();
}

void VulkanSession::RecordInputs(CommandList& list) {
  if (upload_ == nullptr) return;
  list.Copy(Whole(*upload_), Whole(*inputs_));
  list.Barrier();
}

void VulkanSession::RecordOutputs(CommandList& list) {
  if (!plan_.copies.empty()) list.Barrier();
  for (const RecordedCopy& copy : plan_.copies) {
    BufferSlice from = SliceOf(copy.from);
    from.bytes = copy.bytes;
    list.Copy(from, SliceOf(copy.to));
  }
  if (readback_ != nullptr) {
    list.Barrier();
    list.Copy(Whole(*outputs_), Whole(*readback_));
  }
  list.BarrierToHost();
}

absl::Status VulkanSession::NextSubmission(CommandList& list) {
  CONVOY_RETURN_IF_ERROR(list.End());
  CONVOY_RETURN_IF_ERROR(list.Begin());
  list.Barrier();
  return absl::OkStatus();
}

std::vector<Before> VulkanSession::Order() const {
  BufferNumbers numbers;
  std::vector<DispatchAccess> accesses;
  for (const RecordedDispatch& dispatch : plan_.dispatches) {
    DispatchAccess access{.write = numbers.RangeOf(SliceOf(dispatch.output)),
                          .flops = dispatch.flops};
    // A texel view shows its whole buffer, though a kernel's base leads it to its own tensor and to
    // the zeros in front, which nobody writes. Synchronization validation sees the view alone.
    const bool whole = dispatch.kernel.texels && device_.validation();
    for (const int input : dispatch.inputs) {
      if (input < 0) continue;
      const BufferSlice slice = SliceOf(input);
      access.reads.push_back(numbers.RangeOf(whole ? Whole(*slice.buffer) : slice));
    }
    accesses.push_back(std::move(access));
  }
  return OrderDispatches(accesses, device_.plan().flops_per_submission);
}

absl::Status VulkanSession::RecordCommands(CommandList& list, bool timed) {
  const std::vector<Before> order = Order();
  barriers_ = static_cast<int>(std::count(order.begin(), order.end(), Before::kBarrier));
  CONVOY_RETURN_IF_ERROR(list.Begin());
  RecordInputs(list);
  if (timed) list.Timestamp(0);
  for (size_t i = 0; i < plan_.dispatches.size(); ++i) {
    const RecordedDispatch& dispatch = plan_.dispatches[i];
    if (order[i] == Before::kNextSubmission) CONVOY_RETURN_IF_ERROR(NextSubmission(list));
    if (order[i] == Before::kBarrier && !timed) list.Barrier();
    list.Dispatch(dispatch.kernel.pipeline, dispatch_sets_[i],
                  {dispatch.push.data(), dispatch.push_bytes}, dispatch.groups);
    if (!timed) continue;
    list.Barrier();
    list.Timestamp(static_cast<uint32_t>(i) + 1);
  }
  RecordOutputs(list);
  return list.End();
}

void VulkanSession::AllocateConverted() {
  for (const TensorSpec& spec : plan_.input_specs) {
    converted_inputs_.push_back(IsWord(spec.dtype) ? HostTensor() : HostTensor(spec));
  }
  for (const RecordedOutput& output : plan_.outputs) {
    const bool shown_as_is = output.storage < 0 || IsWord(output.spec.dtype);
    converted_outputs_.push_back(shown_as_is ? HostTensor() : HostTensor(output.spec));
  }
}

std::span<std::byte> VulkanSession::InputWords(size_t i) const {
  VulkanBuffer& host = upload_ != nullptr ? *upload_ : *inputs_;
  return host.mapped().subspan(static_cast<size_t>(placement_.offsets[plan_.inputs[i]]),
                               static_cast<size_t>(WordBytes(plan_.input_specs[i])));
}

std::span<std::byte> VulkanSession::OutputWords(size_t i) const {
  const RecordedOutput& output = plan_.outputs[i];
  // A plan input that is an output too is shown where the host wrote it.
  const bool is_input = plan_.storages[output.storage].kind == StorageKind::kInput;
  VulkanBuffer* host = is_input ? upload_.get() : readback_.get();
  if (host == nullptr) host = is_input ? inputs_.get() : outputs_.get();
  return host->mapped().subspan(static_cast<size_t>(placement_.offsets[output.storage]),
                                static_cast<size_t>(WordBytes(output.spec)));
}

std::span<std::byte> VulkanSession::input(int i) {
  const auto at = static_cast<size_t>(i);
  return IsWord(plan_.input_specs[at].dtype) ? InputWords(at) : converted_inputs_[at].bytes();
}

std::span<const std::byte> VulkanSession::output(int i) const {
  const auto at = static_cast<size_t>(i);
  const RecordedOutput& output = plan_.outputs[at];
  if (output.storage < 0) return output.constant->bytes();
  return IsWord(output.spec.dtype) ? OutputWords(at) : converted_outputs_[at].bytes();
}

absl::Status VulkanSession::WriteInputWords() {
  for (size_t i = 0; i < converted_inputs_.size(); ++i) {
    if (IsWord(plan_.input_specs[i].dtype)) continue;
    const absl::Status status = ToWords(converted_inputs_[i].view(), AsWords(InputWords(i)));
    if (!status.ok()) return WithContext(status, absl::StrFormat("in input %d", i));
  }
  return absl::OkStatus();
}

void VulkanSession::ReadOutputWords() {
  for (size_t i = 0; i < converted_outputs_.size(); ++i) {
    const RecordedOutput& output = plan_.outputs[i];
    if (output.storage < 0 || IsWord(output.spec.dtype)) continue;
    FromWords(AsWords(OutputWords(i)), converted_outputs_[i].mutable_view());
  }
}

absl::Status VulkanSession::Run() {
  CONVOY_RETURN_IF_ERROR(WriteInputWords());
  CONVOY_ASSIGN_OR_RETURN(const uint64_t moment, device_.Submit(commands_->buffers()));
  CONVOY_RETURN_IF_ERROR(device_.Wait(moment));
  ReadOutputWords();
  return absl::OkStatus();
}

std::vector<double> VulkanSession::StepMilliseconds(const std::vector<double>& nanoseconds) const {
  std::vector<double> milliseconds(plan_.steps.size());
  for (size_t i = 0; i < plan_.dispatches.size(); ++i) {
    milliseconds[plan_.dispatches[i].step] += (nanoseconds[i + 1] - nanoseconds[i]) * 1e-6;
  }
  return milliseconds;
}

absl::StatusOr<SessionReport> VulkanSession::Profile(int repeats) {
  if (repeats < 1) {
    return absl::InvalidArgumentError(
        absl::StrFormat("A profile is asked for %d repeats, but takes at least 1", repeats));
  }
  if (!device_.plan().timestamps) {
    return absl::UnimplementedError(absl::StrFormat(
        "Vulkan device '%s' has no timestamps, so steps cannot be timed", device_.snapshot().name));
  }
  const auto count = static_cast<uint32_t>(plan_.dispatches.size()) + 1;
  CONVOY_ASSIGN_OR_RETURN(const std::unique_ptr<CommandList> list,
                          CommandList::Create(device_, count));
  CONVOY_RETURN_IF_ERROR(RecordCommands(*list, /*timed=*/true));
  StepTimes times(plan_.steps.size());
  for (int repeat = 0; repeat < repeats; ++repeat) {
    CONVOY_ASSIGN_OR_RETURN(const uint64_t moment, device_.Submit(list->buffers()));
    CONVOY_RETURN_IF_ERROR(device_.Wait(moment));
    CONVOY_ASSIGN_OR_RETURN(const std::vector<double> nanoseconds, list->ReadTimestamps());
    const std::vector<double> milliseconds = StepMilliseconds(nanoseconds);
    for (size_t i = 0; i < milliseconds.size(); ++i) times.Add(i, milliseconds[i]);
  }
  SessionReport timed = report_;
  times.Fill(timed);
  return timed;
}

void VulkanSession::FillReport() {
  report_.steps = plan_.steps;
  report_.arena_bytes = placement_.arena_bytes;
  report_.arena_peak_bytes = placement_.arena_peak_bytes;
  std::set<const PlacedWeights*> counted;
  for (const RecordedStorage& storage : plan_.storages) {
    if (storage.weights == nullptr || !counted.insert(storage.weights.get()).second) continue;
    report_.weight_bytes += storage.bytes;
  }
}

}  // namespace convoy::compute
