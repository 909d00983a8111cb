// Between the client's plain values and the messages of the wire. Pure.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/client.h"
#include "convoy/v1/classify.pb.h"
#include "inference/grpc_service.pb.h"

namespace convoy::client {

v1::ClassifyRequest EncodeClassify(const ClassifyCall& call);
absl::StatusOr<Classification> DecodeClassify(const v1::ClassifyResponse& response, size_t images);

inference::ModelInferRequest EncodeInfer(const InferCall& call);
absl::StatusOr<Inference> DecodeInfer(inference::ModelInferResponse response);

// The sum over the versions of the answer.
ModelCounters DecodeCounters(const inference::ModelStatisticsResponse& response);

ModelDescription DecodeModel(const inference::ModelMetadataResponse& response);

}  // namespace convoy::client
