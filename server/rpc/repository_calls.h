// The RPCs of the model repository: what there is, load this, unload that. Their codes and the
// openings of their messages are Triton's, which clients test.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "inference/grpc_service.pb.h"
#include "server/registry/model_control.h"

namespace convoy::server {

// A request to load or unload, checked. Two dialects of the service have the same name: Triton's
// puts the model into `model_name`, KServe's own into the field that is Triton's `repository_name`.
struct RepositoryOrder {
  std::string model;
  std::optional<std::string> config;  // stands in for config.pbtxt; JSON
  bool kserve = false;
};

// INVALID_ARGUMENT for a parameter of a wrong type or unknown name, UNIMPLEMENTED for a repository
// by its name, INTERNAL, as Triton's, for files: nothing is uploaded over the network.
absl::StatusOr<RepositoryOrder> ParseLoad(const inference::RepositoryModelLoadRequest& request);
absl::StatusOr<RepositoryOrder> ParseUnload(const inference::RepositoryModelUnloadRequest& request);

// A client of KServe's dialect reads its model's name and a yes from the reply, which is empty for
// all others.
void AnswerLoad(const RepositoryOrder& order, inference::RepositoryModelLoadResponse& response);
void AnswerUnload(const RepositoryOrder& order, inference::RepositoryModelUnloadResponse& response);

// With `ready_only` what serves alone.
void FillIndex(std::span<const VersionListing> listings, bool ready_only,
               inference::RepositoryIndexResponse& response);

}  // namespace convoy::server
