// Zeroed memory aligned to a page, for arenas and packed weights; in huge pages where there is much
// of it and the system has them. Move-only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"

namespace convoy::compute {

class AlignedMemory {
 public:
  AlignedMemory() = default;

  // RESOURCE_EXHAUSTED when the machine does not have so much; names both figures.
  static absl::StatusOr<AlignedMemory> Create(int64_t bytes);

  std::byte* data() const { return bytes_.get(); }
  int64_t size() const { return size_; }

 private:
  struct Free {
    void operator()(std::byte* bytes) const;
  };

  std::unique_ptr<std::byte, Free> bytes_;
  int64_t size_ = 0;
};

}  // namespace convoy::compute
