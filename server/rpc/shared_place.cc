#include "server/rpc/shared_place.h"

#include "compute/base/quote.h"
#include "compute/base/status.h"

namespace convoy::server {
namespace {

using compute::Quote;

constexpr char kRegion[] = "shared_memory_region";
constexpr char kByteSize[] = "shared_memory_byte_size";
constexpr char kOffset[] = "shared_memory_offset";

absl::Status WrongType(std::string_view key, std::string_view tensor, std::string_view expected) {
  return absl::InvalidArgumentError(
      absl::StrFormat("invalid value type for '%s' parameter for tensor %s, expected %s", key,
                      Quote(tensor), expected));
}

absl::StatusOr<int64_t> Bytes(const inference::InferParameter& value, std::string_view key,
                              std::string_view tensor) {
  if (!value.has_int64_param()) return WrongType(key, tensor, "int64_param");
  if (value.int64_param() >= 0) return value.int64_param();
  return absl::InvalidArgumentError(
      absl::StrFormat("invalid value for '%s' parameter for tensor %s, expected >= 0, got %d", key,
                      Quote(tensor), value.int64_param()));
}

}  // namespace

bool LiesInSharedMemory(const TensorParameters& parameters) {
  return parameters.count(kRegion) > 0;
}

absl::StatusOr<SharedPlace> FindPlace(const TensorParameters& parameters, std::string_view tensor,
                                      const SharedMemory& memory) {
  const inference::InferParameter& name = parameters.at(kRegion);
  if (!name.has_string_param()) return WrongType(kRegion, tensor, "string_param");
  SharedPlace place;
  CONVOY_ASSIGN_OR_RETURN(place.region, memory.Find(name.string_param()));
  const auto bytes = parameters.find(kByteSize);
  if (bytes == parameters.end()) {
    return absl::InvalidArgumentError(
        absl::StrFormat("'%s' must be specified along with '%s' parameter for tensor %s", kByteSize,
                        kRegion, Quote(tensor)));
  }
  CONVOY_ASSIGN_OR_RETURN(place.bytes, Bytes(bytes->second, kByteSize, tensor));
  if (const auto offset = parameters.find(kOffset); offset != parameters.end()) {
    CONVOY_ASSIGN_OR_RETURN(place.offset, Bytes(offset->second, kOffset, tensor));
  }
  CONVOY_RETURN_IF_ERROR(place.region->CheckSpan(place.offset, static_cast<uint64_t>(place.bytes)));
  return place;
}

}  // namespace convoy::server
