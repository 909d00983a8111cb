// The shared memory RPCs as plain functions. System shared memory is what shared_memory.h has; of
// CUDA's there is none on this server, which is no error to ask for or to let go of.
#pragma once

#include "absl/status/status.h"
#include "inference/grpc_service.pb.h"
#include "server/rpc/shared_memory.h"

namespace convoy::server {

absl::Status FillStatus(const SharedMemory& memory,
                        const inference::SystemSharedMemoryStatusRequest& request,
                        inference::SystemSharedMemoryStatusResponse& response);

// NOT_FOUND for any name.
absl::Status CheckCudaStatus(const inference::CudaSharedMemoryStatusRequest& request);

// INVALID_ARGUMENT.
absl::Status RefuseCudaRegion(const inference::CudaSharedMemoryRegisterRequest& request);

}  // namespace convoy::server
