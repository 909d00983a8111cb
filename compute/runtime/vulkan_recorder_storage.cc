// The tensors and storages of a recorded plan: where values, constants and parts of concatenations
// lie, and in which layout.
#include "compute/base/checked.h"
#include "compute/base/status.h"
#include "compute/ops/move/layout_vulkan.h"
#include "compute/ops/window.h"
#include "compute/runtime/vulkan_recorder.h"

namespace convoy::compute {
namespace {

// Kernels count vec4s in 32 bits and add a block's base to it.
constexpr int64_t kMaxVec4s = int64_t{1} << 29;

// What a kernel reads and writes by LOAD0 and STORE alone, on a device that keeps halves.
VulkanTensor DescribeTensor(const TensorSpec& spec, VulkanLayout layout,
                            const VulkanTraits& traits) {
  VulkanTensor tensor{.spec = spec, .layout = layout};
  tensor.halves = traits.half_storage && layout == VulkanLayout::kC4 && IsFloat(spec.dtype);
  const int rank = spec.shape.rank();
  if (layout == VulkanLayout::kLinear || rank < 2 || rank > 5) return tensor;
  const ImageDims dims = ImageDimsOf(spec.shape);
  tensor.n = dims.n;
  tensor.c = dims.c;
  tensor.d = dims.size[0];
  tensor.h = dims.size[1];
  tensor.w = dims.size[2];
  tensor.plane = RoundUp(tensor.pixels(), kPlaneAlign);
  return tensor;
}

// The host's half of the pack shader, for constants.
std::vector<float> PackC4(const VulkanTensor& tensor, std::span<const float> values) {
  std::vector<float> packed(static_cast<size_t>(tensor.vec4s() * 4));
  const int64_t image = tensor.d * tensor.h * tensor.w;
  for (int64_t n = 0; n < tensor.n; ++n) {
    for (int64_t c = 0; c < tensor.c; ++c) {
      for (int64_t i = 0; i < image; ++i) {
        const int64_t vec4 = c / 4 * tensor.plane + n * image + i;
        packed[static_cast<size_t>(vec4 * 4 + c % 4)] =
            values[static_cast<size_t>((n * tensor.c + c) * image + i)];
      }
    }
  }
  return packed;
}

}  // namespace

absl::StatusOr<int> PlanRecorder::EnsureTensor(int value, VulkanLayout layout) {
  int& tensor = values_[value].of(layout);
  if (tensor >= 0) return tensor;
  const bool is_constant = plan_->values[value].constant != nullptr;
  CONVOY_ASSIGN_OR_RETURN(
      tensor, is_constant ? UploadConstant(value, layout) : ConvertLayout(value, layout));
  return tensor;
}

absl::StatusOr<int> PlanRecorder::UploadConstant(int value, VulkanLayout layout) {
  const PlanValue& facts = plan_->values[value];
  const VulkanTensor tensor = DescribeTensor(facts.spec, layout, device_.traits);
  const auto pack = [&](std::span<const float> values) {
    if (layout == VulkanLayout::kC4) return PackC4(tensor, values);
    return std::vector<float>(values.begin(), values.end());
  };
  const std::string_view packing = layout == VulkanLayout::kC4 ? "tensor c4" : "linear";
  CONVOY_ASSIGN_OR_RETURN(VulkanWeights::Handle handle,
                          weights_.Get(*facts.constant, packing, tensor.halves, pack));
  return AddWeights(tensor, std::move(handle), facts.name);
}

absl::StatusOr<int> PlanRecorder::ConvertLayout(int value, VulkanLayout layout) {
  const PlanValue& facts = plan_->values[value];
  const bool to_c4 = layout == VulkanLayout::kC4;
  const int from = to_c4 ? values_[value].linear : values_[value].c4;
  if (from < 0) {
    return absl::InternalError(absl::StrFormat("Value '%s' is used before it is made", facts.name));
  }
  CONVOY_ASSIGN_OR_RETURN(const int to, AddValue(value, layout));
  const VulkanTensor& source = tensors_[from].tensor;
  const VulkanTensor& target = tensors_[to].tensor;
  BeginReport(to_c4 ? "pack" : "unpack", {0, 2.0 * static_cast<double>(facts.spec.bytes())});
  CONVOY_RETURN_IF_ERROR(
      Dispatch(to_c4 ? PackDispatch(source, target, {from}, {to}, device_.traits)
                     : UnpackDispatch(source, target, {from}, {to}, device_.traits)));
  EndReport();
  return to;
}

absl::StatusOr<int> PlanRecorder::AddTensor(const TensorSpec& spec, VulkanLayout layout,
                                            std::string_view name) {
  RecordedTensor tensor{.tensor = DescribeTensor(spec, layout, device_.traits)};
  const int64_t vec4s = tensor.tensor.vec4s();
  if (vec4s > kMaxVec4s) {
    return absl::ResourceExhaustedError(
        absl::StrFormat("Tensor '%s' of %s needs %d vec4s on the Vulkan device, but kernels reach "
                        "%d; a smaller batch may fit",
                        name, spec.ToString(), vec4s, kMaxVec4s));
  }
  if (layout == VulkanLayout::kC4 && tensor.tensor.plane == 0) {
    return absl::InternalError(absl::StrFormat(
        "Tensor '%s' of %s has no channel quads: that needs rank 2 to 5", name, spec.ToString()));
  }
  tensor.storage = AddStorage(
      {.bytes = tensor.tensor.bytes(), .halves = tensor.tensor.halves, .name = std::string(name)});
  tensors_.push_back(std::move(tensor));
  return static_cast<int>(tensors_.size()) - 1;
}

absl::StatusOr<int> PlanRecorder::AddValue(int value, VulkanLayout layout) {
  const PlanValue& facts = plan_->values[value];
  CONVOY_ASSIGN_OR_RETURN(const int tensor, AddTensor(facts.spec, layout, facts.name));
  if (layout != VulkanLayout::kC4) return tensor;
  int& storage = tensors_[tensor].storage;
  if (wholes_[value] >= 0) {
    storage = wholes_[value];
  } else if (places_[value].has_value()) {
    const ConcatPlace& place = *places_[value];
    CONVOY_ASSIGN_OR_RETURN(const int whole, WholeStorage(place));
    const int64_t offset = place.channel / 4 * QuadBytes(tensors_[tensor]);
    storage = AddPart(whole, offset, recorded_.storages[storage].bytes, facts.name);
  }
  return tensor;
}

// The memory of a concatenation, some part of which is about to be made.
absl::StatusOr<int> PlanRecorder::WholeStorage(const ConcatPlace& place) {
  if (wholes_[place.whole] < 0) {
    CONVOY_ASSIGN_OR_RETURN(const int tensor, AddValue(place.whole, VulkanLayout::kC4));
    wholes_[place.whole] = tensors_[tensor].storage;
  }
  return wholes_[place.whole];
}

int64_t PlanRecorder::QuadBytes(const RecordedTensor& tensor) const {
  return recorded_.storages[tensor.storage].bytes / tensor.tensor.quads();
}

int PlanRecorder::AddPart(int whole, int64_t offset, int64_t bytes, std::string_view name) {
  RecordedStorage part = recorded_.storages[whole];
  part.part_of = part.part_of < 0 ? whole : part.part_of;
  part.part_offset += offset;
  part.bytes = bytes;
  part.name = std::string(name);
  return AddStorage(std::move(part));
}

int PlanRecorder::AddStorage(RecordedStorage storage) {
  recorded_.storages.push_back(std::move(storage));
  return static_cast<int>(recorded_.storages.size()) - 1;
}

absl::StatusOr<int> PlanRecorder::AddWeights(const VulkanTensor& tensor,
                                             VulkanWeights::Handle handle, std::string_view name) {
  const int64_t bytes = handle->bytes;
  const int storage = AddStorage({.kind = StorageKind::kWeights,
                                  .bytes = bytes,
                                  .halves = tensor.halves,
                                  .name = std::string(name),
                                  .weights = std::move(handle)});
  tensors_.push_back({tensor, storage});
  return static_cast<int>(tensors_.size()) - 1;
}

}  // namespace convoy::compute
