#include "compute/tensor/tensor.h"

#include <algorithm>
#include <cstring>
#include <new>

#include "absl/strings/str_format.h"

namespace convoy::compute {
namespace {

constexpr std::align_val_t kAlignment{64};  // a cache line, and the widest vector register

}  // namespace

std::string TensorSpec::ToString() const {
  return absl::StrFormat("%s[%s]", NameOf(dtype), shape.ToString());
}

void HostTensor::Free::operator()(std::byte* bytes) const { ::operator delete(bytes, kAlignment); }

HostTensor::HostTensor(TensorSpec spec)
    : spec_(std::move(spec)), size_(static_cast<size_t>(spec_.bytes())) {
  bytes_.reset(static_cast<std::byte*>(::operator new(std::max<size_t>(size_, 1), kAlignment)));
  std::memset(bytes_.get(), 0, size_);
}

HostTensor HostTensor::FromFloats(Shape shape, std::span<const float> values) {
  HostTensor tensor(TensorSpec{DType::kFloat32, std::move(shape)});
  std::memcpy(tensor.bytes_.get(), values.data(), std::min(tensor.size_, values.size_bytes()));
  return tensor;
}

}  // namespace convoy::compute
