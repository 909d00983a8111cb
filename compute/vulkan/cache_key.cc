#include "compute/vulkan/cache_key.h"

#include <xxhash.h>

#include "absl/strings/str_format.h"
#include "compute/vulkan/shader_catalog.h"

namespace convoy::compute {
namespace {

uint64_t HashShaders() {
  XXH3_state_t* state = XXH3_createState();
  XXH3_64bits_reset(state);
  for (const ShaderCode& code : AllShaders()) {
    XXH3_64bits_update(state, code.name.data(), code.name.size());
    XXH3_64bits_update(state, code.words.data(), code.words.size_bytes());
  }
  const uint64_t hash = XXH3_64bits_digest(state);
  XXH3_freeState(state);
  return hash;
}

}  // namespace

std::string CacheKey(const DeviceSnapshot& s) {
  std::string uuid;
  for (const uint8_t byte : s.pipeline_cache_uuid) uuid += absl::StrFormat("%02x", byte);
  std::string key = absl::StrFormat(
      "%s | %08x:%08x | %s %s %08x %s | api %08x | subgroup %d | "
      "shaders %016x",
      s.name, s.vendor_id, s.device_id, s.driver_name, s.driver_text, s.driver_version, uuid,
      s.api_version, s.subgroup_size, HashShaders());
  for (char& c : key) {
    if (c == '\n' || c == '\t') c = ' ';
  }
  return key;
}

}  // namespace convoy::compute
