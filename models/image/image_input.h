// From the bytes of an image file to the values of a model's input: decode, turn upright, convert
// the colours, resize, crop, normalise. The door of models/image for the server and the client
// side.
//
//   HostTensor input(TensorSpec{DType::kFloat32, {1, 3, 224, 224}});
//   CONVOY_RETURN_IF_ERROR(DecodeToInput(jpeg_bytes, *spec.image, input.mutable_data<float>()));
//
// Thread-safe: nothing is kept between calls.
#pragma once

#include <cstddef>
#include <span>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "compute/tensor/tensor.h"
#include "models/config/model_spec.h"
#include "models/image/image.h"

namespace convoy::models {

// A JPEG or PNG file, told apart by its first bytes, as upright RGB. INVALID_ARGUMENT when it is
// neither, damaged, truncated or beyond the limits of image.h.
absl::StatusOr<Image> DecodeImage(std::span<const std::byte> file);

// Values of one image in the model's input: height * width * channels.
int64_t ImageInputElements(const ImageSettings& settings);

// A part of an upright picture, in its pixels; its borders may fall within one.
struct ImageRegion {
  double left = 0;
  double top = 0;
  double right = 0;
  double bottom = 0;
};

// Fills `out`, which has ImageInputElements(settings) values, and tells in `seen`, unless null,
// what part of the picture they show. `settings` are those of a loaded model, so their sizes are
// positive.
absl::Status DecodeToInput(std::span<const std::byte> file, const ImageSettings& settings,
                           std::span<float> out, ImageRegion* seen = nullptr);

// The types that an image input may have: FP32, FP16, and UINT8, for which values are rounded and
// cut to 0..255.
bool TakesImages(compute::DType dtype);

// The same into a tensor of such a type.
absl::Status DecodeToTensor(std::span<const std::byte> file, const ImageSettings& settings,
                            const compute::MutableTensorView& out, ImageRegion* seen = nullptr);

}  // namespace convoy::models
