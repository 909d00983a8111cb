#include "compute/tensor/dtype.h"

#include <array>

namespace convoy::compute {
namespace {

struct Row {
  DType dtype;
  int64_t bytes;
  std::string_view name;
};

// In the order of the enum, so that a dtype indexes it.
constexpr std::array<Row, 12> kRows = {{
    {DType::kBool, 1, "BOOL"},
    {DType::kUint8, 1, "UINT8"},
    {DType::kUint16, 2, "UINT16"},
    {DType::kUint32, 4, "UINT32"},
    {DType::kUint64, 8, "UINT64"},
    {DType::kInt8, 1, "INT8"},
    {DType::kInt16, 2, "INT16"},
    {DType::kInt32, 4, "INT32"},
    {DType::kInt64, 8, "INT64"},
    {DType::kFloat16, 2, "FP16"},
    {DType::kFloat32, 4, "FP32"},
    {DType::kFloat64, 8, "FP64"},
}};

}  // namespace

int64_t SizeOf(DType dtype) { return kRows[static_cast<size_t>(dtype)].bytes; }

bool IsFloat(DType dtype) { return dtype >= DType::kFloat16; }

bool IsInteger(DType dtype) { return dtype != DType::kBool && !IsFloat(dtype); }

bool IsUnsigned(DType dtype) { return dtype <= DType::kUint64; }

std::string_view NameOf(DType dtype) { return kRows[static_cast<size_t>(dtype)].name; }

std::optional<DType> DTypeFromName(std::string_view name) {
  for (const Row& row : kRows) {
    if (row.name == name) return row.dtype;
  }
  return std::nullopt;
}

}  // namespace convoy::compute
