#include "client/bench/npy.h"

#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"

namespace convoy::client {
namespace {

struct NumpyType {
  const char* numpy;  // without the byte order
  const char* datatype;
  int64_t size;
};

constexpr NumpyType kTypes[] = {{"b1", "BOOL", 1},   {"u1", "UINT8", 1},  {"u2", "UINT16", 2},
                                {"u4", "UINT32", 4}, {"u8", "UINT64", 8}, {"i1", "INT8", 1},
                                {"i2", "INT16", 2},  {"i4", "INT32", 4},  {"i8", "INT64", 8},
                                {"f2", "FP16", 2},   {"f4", "FP32", 4},   {"f8", "FP64", 8}};

absl::Status Wrong(std::string_view why) {
  return absl::InvalidArgumentError(absl::StrFormat("It is no .npy file to send: %s.", why));
}

uint32_t LittleEndian(std::string_view bytes) {
  uint32_t value = 0;
  for (size_t i = bytes.size(); i-- > 0;) value = value << 8U | static_cast<uint8_t>(bytes[i]);
  return value;
}

// The header's text, and where the numbers begin.
absl::StatusOr<std::pair<std::string_view, size_t>> Header(std::string_view file) {
  constexpr std::string_view kMagic = "\x93NUMPY";
  if (!file.starts_with(kMagic) || file.size() < 12) {
    return Wrong("it does not begin as one");
  }
  const size_t length_bytes = file[6] == 1 ? 2 : 4;
  const size_t begin = 8 + length_bytes;
  const size_t length = LittleEndian(file.substr(8, length_bytes));
  if (length > file.size() - begin) return Wrong("its header is cut short");
  return std::pair(file.substr(begin, length), begin + length);
}

// What stands behind 'key': in the header, which is a Python dict of fixed form.
std::string_view ValueOf(std::string_view header, std::string_view key) {
  const size_t at = header.find(absl::StrFormat("'%s':", key));
  if (at == std::string_view::npos) return "";
  std::string_view value = header.substr(at + key.size() + 3);
  value.remove_prefix(std::min(value.size(), value.find_first_not_of(' ')));
  if (value.starts_with('(')) return value.substr(1, value.find(')') - 1);
  if (value.starts_with('\'')) return value.substr(1, value.find('\'', 1) - 1);
  return value.substr(0, value.find_first_of(",}"));
}

absl::StatusOr<std::vector<int64_t>> ParseShape(std::string_view text) {
  std::vector<int64_t> shape;
  for (const absl::string_view part :
       absl::StrSplit(absl::string_view(text.data(), text.size()), ',', absl::SkipWhitespace())) {
    int64_t extent = 0;
    if (!absl::SimpleAtoi(absl::StripAsciiWhitespace(part), &extent) || extent < 0) {
      return Wrong("its shape is no list of extents");
    }
    shape.push_back(extent);
  }
  return shape;
}

}  // namespace

absl::StatusOr<Tensor> ParseNpy(std::string_view file) {
  const auto header = Header(file);
  if (!header.ok()) return header.status();
  const std::string_view type = ValueOf(header->first, "descr");
  const auto* known = std::find_if(std::begin(kTypes), std::end(kTypes), [&](const NumpyType& t) {
    return type.size() == 3 && type.substr(1) == t.numpy && (type[0] != '>' || t.size == 1);
  });
  if (known == std::end(kTypes)) {
    return Wrong(absl::StrFormat("its type '%s' is no little-endian number", type));
  }
  if (ValueOf(header->first, "fortran_order") != "False") return Wrong("its order is Fortran's");
  absl::StatusOr<std::vector<int64_t>> shape = ParseShape(ValueOf(header->first, "shape"));
  if (!shape.ok()) return shape.status();
  int64_t bytes = known->size;
  for (const int64_t extent : *shape) {
    if (__builtin_mul_overflow(bytes, extent, &bytes)) return Wrong("its shape overflows");
  }
  const std::string_view data = file.substr(header->second);
  if (static_cast<int64_t>(data.size()) != bytes) {
    return Wrong(absl::StrFormat("its shape needs %d bytes, it has %d", bytes, data.size()));
  }
  return Tensor{"", known->datatype, *std::move(shape), std::string(data)};
}

}  // namespace convoy::client
