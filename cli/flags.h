// Flags that several commands share, and the way all commands report a failure.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "compute/runtime/device.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace convoy::cli {

// "15ms", "30s", "1m30s": a number without a unit is refused with a hint. Not negative.
absl::StatusOr<absl::Duration> ParseDuration(const std::string& text);

// A flag with such a value; `*value` holds the default.
CLI::Option* AddDurationFlag(CLI::App& app, const std::string& names, absl::Duration* value,
                             const std::string& meaning);

// --extent: the extent of every dimension but the batch that a model leaves open.
void AddExtentFlag(CLI::App& app, int64_t* extent);

// --vulkan-kernel, --cpu-winograd, --tune and --batch-invariant: how a device of this process
// chooses its kernels.
void AddKernelFlags(CLI::App& app, compute::DeviceOptions* options);

// --precision: how a Vulkan device of this process keeps tensors.
CLI::Option* AddPrecisionFlag(CLI::App& app, compute::Precision* precision);

// Prints "convoy: <message>" to standard error; returns kExitFailure.
int Fail(const absl::Status& status);

}  // namespace convoy::cli
