// The extent of a tensor: row-major dimensions, outermost first. Always concrete: unknown
// dimensions exist only in model metadata, never in a graph or a plan.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>

#include "absl/container/inlined_vector.h"

namespace convoy::compute {

class Shape {
 public:
  Shape() = default;
  Shape(std::initializer_list<int64_t> dims) : dims_(dims) {}
  explicit Shape(std::span<const int64_t> dims) : dims_(dims.begin(), dims.end()) {}

  int rank() const { return static_cast<int>(dims_.size()); }
  int64_t operator[](int axis) const { return dims_[static_cast<size_t>(axis)]; }
  int64_t& operator[](int axis) { return dims_[static_cast<size_t>(axis)]; }
  std::span<const int64_t> dims() const { return dims_; }
  void Append(int64_t dim) { dims_.push_back(dim); }

  // Product of the dimensions; 1 for a scalar.
  // Shapes are checked against overflow
  // where they enter the program.
  int64_t elements() const;

  // "2x3x28x28"; "scalar" for rank 0.
  std::string ToString() const;

  friend bool operator==(const Shape&, const Shape&) = default;

 private:
  absl::InlinedVector<int64_t, 6> dims_;
};

}  // namespace convoy::compute
