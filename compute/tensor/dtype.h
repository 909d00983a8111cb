// Element types, with the sizes of ONNX and the names of the Open Inference Protocol.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace convoy::compute {

enum class DType : uint8_t {
  kBool,
  kUint8,
  kUint16,
  kUint32,
  kUint64,
  kInt8,
  kInt16,
  kInt32,
  kInt64,
  kFloat16,
  kFloat32,
  kFloat64,
};

// Bytes of one element.
int64_t SizeOf(DType dtype);

bool IsFloat(DType dtype);     // FP16, FP32, FP64
bool IsInteger(DType dtype);   // INT8 to UINT64; BOOL is none
bool IsUnsigned(DType dtype);  // UINT8 to UINT64, BOOL

// "FP32", "INT64", ...: the spelling of the protocol and, with "TYPE_" before it, of config.pbtxt.
std::string_view NameOf(DType dtype);
std::optional<DType> DTypeFromName(std::string_view name);

}  // namespace convoy::compute
