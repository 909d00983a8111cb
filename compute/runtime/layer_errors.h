// How far a device's answer is from the reference, step by step of a plan: what `convoy verify`
// prints. Both devices run the whole plan on their own values, so an error travels on to the steps
// behind it, and the first step out of bound is the one to look at.
//
//   CONVOY_ASSIGN_OR_RETURN(std::vector<LayerError> layers,
//                           CompareLayers(plan, *device, *reference, inputs, {}));
//
// One thread; the devices must outlive the call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "compute/runtime/device.h"

namespace convoy::compute {

struct LayerErrorOptions {
  // The plan runs in parts that give away at most this much at once on each side; what later parts
  // read is held besides.
  int64_t max_output_bytes = int64_t{256} << 20;
  // Told before the first part and after each: how many of the plan's steps are compared.
  std::function<void(size_t done, size_t steps)> progress = {};
};

// One output of one step. Values that are infinite or NaN on one side alone count as infinitely
// wrong.
struct LayerError {
  std::string step;
  std::string op;
  std::string kernel;  // what ran on the device
  TensorSpec spec;
  double max_abs = 0;   // largest difference of any element
  double largest = 0;   // largest absolute value of the reference
  double relative = 0;  // max_abs / largest; 0 when all agree
};

// One tensor an input of the plan. INVALID_ARGUMENT when they do not fit it; errors of the devices.
absl::StatusOr<std::vector<LayerError>> CompareLayers(const Plan& plan, Device& device,
                                                      Device& reference,
                                                      std::span<const HostTensor> inputs,
                                                      const LayerErrorOptions& options);

// The difference of two tensors of one spec, in the terms above; names and kernel are left empty.
LayerError CompareTensors(const TensorView& actual, const TensorView& expected);

}  // namespace convoy::compute
