// TensorProto -> HostTensor: the three ways in which ONNX stores elements (raw bytes, typed lists,
// other files).
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "compute/tensor/tensor.h"
#include "onnx/onnx.pb.h"

namespace convoy::models {

// `type` is a TensorProto.DataType. UNIMPLEMENTED for strings, complex numbers and what later ONNX
// versions added.
absl::StatusOr<compute::DType> DTypeFromOnnx(int type);

// `directory` holds external data; empty: there is none. The element count of the shape must be
// that of the data, which is checked before memory is taken.
absl::StatusOr<compute::HostTensor> DecodeTensor(const onnx::TensorProto& tensor,
                                                 const std::string& directory);

// DecodeTensor for weights: FP16 and FP64 become FP32 (docs/decisions/0004).
absl::StatusOr<compute::HostTensor> DecodeConstant(const onnx::TensorProto& tensor,
                                                   const std::string& directory);

}  // namespace convoy::models
