// Dense row-major tensors on the host: a spec (dtype and shape), two views that own nothing, and
// one owner.
//
//   HostTensor tensor(TensorSpec{DType::kFloat32, {1, 3, 224, 224}});   // zero-filled
//   tensor.view().data<float>();                                       // std::span<const float>
//
// Values, not thread-safe; a view must not outlive the bytes it points to.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "compute/tensor/dtype.h"
#include "compute/tensor/shape.h"

namespace convoy::compute {

struct TensorSpec {
  DType dtype = DType::kFloat32;
  Shape shape;

  int64_t elements() const { return shape.elements(); }
  int64_t bytes() const { return elements() * SizeOf(dtype); }
  std::string ToString() const;  // "FP32[1x3x224x224]"

  friend bool operator==(const TensorSpec&, const TensorSpec&) = default;
};

// Reads.
struct TensorView {
  TensorSpec spec;
  std::span<const std::byte> bytes;

  template <typename T>
  std::span<const T> data() const {
    return {reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T)};
  }
};

// Writes.
struct MutableTensorView {
  TensorSpec spec;
  std::span<std::byte> bytes;

  template <typename T>
  std::span<T> data() const {
    return {reinterpret_cast<T*>(bytes.data()), bytes.size() / sizeof(T)};
  }
};

// Owns its bytes, aligned for any element type and for 64-byte vectors.
class HostTensor {
 public:
  HostTensor() = default;
  explicit HostTensor(TensorSpec spec);  // zero-filled

  // `values` must have shape.elements() entries.
  static HostTensor FromFloats(Shape shape, std::span<const float> values);

  const TensorSpec& spec() const { return spec_; }
  std::span<std::byte> bytes() { return {bytes_.get(), size_}; }
  std::span<const std::byte> bytes() const { return {bytes_.get(), size_}; }
  TensorView view() const { return {spec_, bytes()}; }
  MutableTensorView mutable_view() { return {spec_, bytes()}; }

  template <typename T>
  std::span<const T> data() const {
    return view().data<T>();
  }
  template <typename T>
  std::span<T> mutable_data() {
    return mutable_view().data<T>();
  }

 private:
  struct Free {
    void operator()(std::byte* bytes) const;
  };

  TensorSpec spec_;
  std::unique_ptr<std::byte, Free> bytes_;
  size_t size_ = 0;
};

}  // namespace convoy::compute
