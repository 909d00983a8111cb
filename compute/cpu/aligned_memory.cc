#include "compute/cpu/aligned_memory.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "compute/base/checked.h"
#include "compute/base/status.h"

namespace convoy::compute {
namespace {

constexpr int64_t kPageBytes = 4096;

}  // namespace

void AlignedMemory::Free::operator()(std::byte* bytes) const { std::free(bytes); }

absl::StatusOr<AlignedMemory> AlignedMemory::Create(int64_t bytes) {
  // Linux hands out addresses for more than there is and kills the process that uses them: asking
  // first turns an absurd model into an error.
  const int64_t physical = int64_t{sysconf(_SC_PHYS_PAGES)} * sysconf(_SC_PAGESIZE);
  AlignedMemory memory;
  memory.size_ = bytes;
  if (bytes <= physical) {
    const int64_t rounded = std::max(RoundUp(bytes, kPageBytes), kPageBytes);
    memory.bytes_.reset(static_cast<std::byte*>(std::aligned_alloc(kPageBytes, rounded)));
  }
  if (memory.bytes_ == nullptr) {
    return absl::ResourceExhaustedError(
        absl::StrFormat("%d bytes of memory are needed and this machine has %d", bytes, physical));
  }
  std::memset(memory.bytes_.get(), 0, static_cast<size_t>(bytes));
  return memory;
}

}  // namespace convoy::compute
