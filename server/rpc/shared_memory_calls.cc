#include "server/rpc/shared_memory_calls.h"

#include "compute/base/quote.h"
#include "compute/base/status.h"

namespace convoy::server {

using compute::Quote;

absl::Status FillStatus(const SharedMemory& memory,
                        const inference::SystemSharedMemoryStatusRequest& request,
                        inference::SystemSharedMemoryStatusResponse& response) {
  CONVOY_ASSIGN_OR_RETURN(const std::vector<SharedMemory::Region> regions,
                          memory.List(request.name()));
  for (const SharedMemory::Region& region : regions) {
    auto& status = (*response.mutable_regions())[region->name()];
    status.set_name(region->name());
    status.set_key(region->key());
    status.set_offset(static_cast<uint64_t>(region->offset()));
    status.set_byte_size(static_cast<uint64_t>(region->bytes()));
  }
  return absl::OkStatus();
}

absl::Status CheckCudaStatus(const inference::CudaSharedMemoryStatusRequest& request) {
  if (request.name().empty()) return absl::OkStatus();
  return absl::NotFoundError(
      absl::StrFormat("Unable to find cuda shared memory region: %s", Quote(request.name())));
}

absl::Status RefuseCudaRegion(const inference::CudaSharedMemoryRegisterRequest& request) {
  return absl::InvalidArgumentError(
      absl::StrFormat("failed to register shared memory region: invalid args: region %s lies in "
                      "CUDA memory, which this server does not read; use system shared memory",
                      Quote(request.name())));
}

}  // namespace convoy::server
