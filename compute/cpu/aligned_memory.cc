#include "compute/cpu/aligned_memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "compute/base/checked.h"
#include "compute/base/status.h"

namespace convoy::compute {
namespace {

constexpr int64_t kPageBytes = 4096;
constexpr int64_t kHugePageBytes = int64_t{2} << 20;

// Huge pages where they waste little: streaming through weights in small ones misses the table of
// page addresses every 4 KB.
int64_t PageBytesFor(int64_t bytes) {
  return bytes >= 2 * kHugePageBytes ? kHugePageBytes : kPageBytes;
}

}  // namespace

void AlignedMemory::Free::operator()(std::byte* bytes) const { std::free(bytes); }

absl::StatusOr<AlignedMemory> AlignedMemory::Create(int64_t bytes) {
  // Linux hands out addresses for more than there is and kills the process that uses them: asking
  // first turns an absurd model into an error.
  const int64_t physical = int64_t{sysconf(_SC_PHYS_PAGES)} * sysconf(_SC_PAGESIZE);
  AlignedMemory memory;
  memory.size_ = bytes;
  if (bytes <= physical) {
    const int64_t page = PageBytesFor(bytes);
    const int64_t rounded = std::max(RoundUp(bytes, page), page);
    memory.bytes_.reset(static_cast<std::byte*>(std::aligned_alloc(page, rounded)));
    if (memory.bytes_ != nullptr && page == kHugePageBytes) {
      // A wish only: it may fail where the system has none.
      madvise(memory.bytes_.get(), rounded, MADV_HUGEPAGE);
    }
  }
  if (memory.bytes_ == nullptr) {
    return absl::ResourceExhaustedError(
        absl::StrFormat("%d bytes of memory are needed and this machine has %d", bytes, physical));
  }
  std::memset(memory.bytes_.get(), 0, static_cast<size_t>(bytes));
  return memory;
}

}  // namespace convoy::compute
