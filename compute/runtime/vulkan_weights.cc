#include "compute/runtime/vulkan_weights.h"

#include <xxhash.h>

#include <cstring>
#include <string>

#include "compute/base/checked.h"
#include "compute/base/status.h"
#include "compute/tensor/half.h"
#include "compute/tensor/words.h"
#include "compute/vulkan/commands.h"

namespace convoy::compute {
namespace {

// Zeros behind every packed tensor: lanes past its last vec4 read them.
constexpr int64_t kSlackBytes = 64 * 16;

// Blocks are made of what one Compile packs, cut at about this size so that the host copies of a
// large model do not pile up.
constexpr int64_t kBlockBytes = int64_t{64} << 20;

std::pair<uint64_t, uint64_t> ContentKey(const HostTensor& values, std::string_view packing,
                                         bool halves) {
  const XXH128_hash_t bytes = XXH3_128bits(values.bytes().data(), values.bytes().size());
  const std::string how =
      absl::StrFormat("%s %s %s", values.spec().ToString(), packing, halves ? "halves" : "words");
  const XXH128_hash_t name = XXH3_128bits_withSeed(how.data(), how.size(), bytes.low64);
  return {bytes.high64 ^ name.high64, bytes.low64 ^ name.low64};
}

// The elements as words that pass for floats.
absl::StatusOr<std::vector<float>> WordsOf(const HostTensor& values) {
  std::vector<float> words(static_cast<size_t>(values.spec().elements()));
  CONVOY_RETURN_IF_ERROR(
      ToWords(values.view(), {reinterpret_cast<uint32_t*>(words.data()), words.size()}));
  return words;
}

std::vector<std::byte> InMemory(std::span<const float> values, bool halves) {
  std::vector<std::byte> bytes(values.size() * (halves ? sizeof(uint16_t) : sizeof(float)));
  if (!halves) {
    std::memcpy(bytes.data(), values.data(), bytes.size());
    return bytes;
  }
  for (size_t i = 0; i < values.size(); ++i) {
    const uint16_t half = FloatToHalf(values[i]);
    std::memcpy(bytes.data() + i * sizeof(half), &half, sizeof(half));
  }
  return bytes;
}

}  // namespace

absl::StatusOr<VulkanWeights::Handle> VulkanWeights::Get(
    const HostTensor& values, std::string_view packing, bool halves,
    const std::function<std::vector<float>(std::span<const float>)>& pack) {
  std::weak_ptr<const PlacedWeights>& known = by_content_[ContentKey(values, packing, halves)];
  if (Handle handle = known.lock()) return handle;
  std::vector<float> words;
  if (!IsWord(values.spec().dtype)) {
    CONVOY_ASSIGN_OR_RETURN(words, WordsOf(values));
  }
  Pending pending{
      std::make_shared<PlacedWeights>(),
      InMemory(pack(words.empty() ? values.data<float>() : std::span<const float>(words)), halves)};
  pending.placed->bytes = RoundUp(static_cast<int64_t>(pending.bytes.size()), 16) + kSlackBytes;
  known = pending.placed;
  Handle handle = pending.placed;
  pending_bytes_ += pending.placed->bytes;
  pending_.push_back(std::move(pending));
  if (pending_bytes_ >= kBlockBytes) CONVOY_RETURN_IF_ERROR(Flush());
  return handle;
}

absl::Status VulkanWeights::Flush() {
  std::erase_if(by_content_, [](const auto& entry) { return entry.second.expired(); });
  if (pending_.empty()) return absl::OkStatus();
  const int64_t alignment = device_.plan().alignment;
  int64_t bytes = kZeroBytes;
  for (const Pending& pending : pending_) {
    pending.placed->offset = RoundUp(bytes, alignment);
    bytes = pending.placed->offset + pending.placed->bytes;
  }
  absl::StatusOr<std::unique_ptr<VulkanBuffer>> made =
      VulkanBuffer::Create(device_, RoundUp(bytes, alignment), MemoryIntent::kWeights, "weights");
  absl::Status status = made.status();
  if (status.ok()) {
    std::shared_ptr<VulkanBuffer> block = *std::move(made);
    status = Upload(block);
    for (const Pending& pending : pending_) pending.placed->buffer = block;
  }
  pending_.clear();
  pending_bytes_ = 0;
  return status;
}

absl::Status VulkanWeights::Upload(std::shared_ptr<VulkanBuffer>& block) {
  std::unique_ptr<VulkanBuffer> staging;
  std::span<std::byte> target = block->mapped();
  if (target.empty()) {
    CONVOY_ASSIGN_OR_RETURN(staging, VulkanBuffer::Create(device_, block->bytes(),
                                                          MemoryIntent::kUpload, "weight upload"));
    target = staging->mapped();
  }
  std::memset(target.data(), 0, target.size());
  for (const Pending& pending : pending_) {
    std::memcpy(target.data() + pending.placed->offset, pending.bytes.data(), pending.bytes.size());
  }
  if (staging == nullptr) return absl::OkStatus();
  CONVOY_ASSIGN_OR_RETURN(const std::unique_ptr<CommandList> list, CommandList::Create(device_));
  CONVOY_RETURN_IF_ERROR(list->Begin());
  list->Copy({staging.get(), 0, block->bytes()}, {block.get(), 0, block->bytes()});
  list->Barrier();
  CONVOY_RETURN_IF_ERROR(list->End());
  CONVOY_ASSIGN_OR_RETURN(const uint64_t moment, device_.Submit(list->buffers()));
  return device_.Wait(moment);
}

}  // namespace convoy::compute
