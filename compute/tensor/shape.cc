#include "compute/tensor/shape.h"

#include "absl/strings/str_join.h"

namespace convoy::compute {

int64_t Shape::elements() const {
  int64_t product = 1;
  for (const int64_t dim : dims_) product *= dim;
  return product;
}

std::string Shape::ToString() const { return dims_.empty() ? "scalar" : absl::StrJoin(dims_, "x"); }

}  // namespace convoy::compute
