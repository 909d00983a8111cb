// What clients are told about a model. Pure.
#pragma once

#include <cstdint>
#include <span>

#include "inference/grpc_service.pb.h"
#include "models/config/model_spec.h"

namespace convoy::server {

// Shapes carry a leading -1 for the batch where the model has one: clients count on it.
void FillMetadata(const models::ModelSpec& spec, std::span<const int64_t> versions,
                  inference::ModelMetadataResponse& response);

}  // namespace convoy::server
