// The device that runs every operator's textbook formula, step by step, by one thread: slow, and
// right by inspection. Every other device is tested against it.
//
//   std::unique_ptr<Device> device = MakeReferenceDevice({});
//   CONVOY_ASSIGN_OR_RETURN(std::unique_ptr<Session> session, device->Compile(plan));
//
// The device is thread-safe and keeps nothing, so its sessions may outlive it.
#pragma once

#include <memory>

#include "compute/runtime/device.h"

namespace convoy::compute {

// Of the options it heeds none.
std::unique_ptr<Device> MakeReferenceDevice(const DeviceOptions& options);

}  // namespace convoy::compute
