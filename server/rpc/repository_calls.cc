#include "server/rpc/repository_calls.h"

#include <utility>

#include "compute/base/quote.h"
#include "compute/base/status.h"
#include "server/rpc/status_codec.h"

namespace convoy::server {
namespace {

using compute::Quote;

constexpr std::string_view kConfig = "config";
constexpr std::string_view kFilePrefix = "file:";
constexpr std::string_view kUnloadDependents = "unload_dependents";

// Fields of KServe's own reply, which has one more than the message that this server knows.
constexpr int kKserveModelName = 1;
constexpr int kKserveDone = 2;

template <typename Request>
absl::StatusOr<RepositoryOrder> ParseNames(const Request& request) {
  if (request.repository_name().empty()) return RepositoryOrder{.model = request.model_name()};
  if (request.model_name().empty()) {
    return RepositoryOrder{.model = request.repository_name(), .kserve = true};
  }
  return absl::UnimplementedError("'repository_name' specification is not supported");
}

absl::Status WrongType(std::string_view call, std::string_view name, std::string_view expected) {
  return absl::InvalidArgumentError(absl::StrFormat(
      "invalid value type for %s parameter %s, expected %s.", call, Quote(name), expected));
}

template <typename Response>
void SayYes(const RepositoryOrder& order, Response& response) {
  if (!order.kserve) return;
  google::protobuf::UnknownFieldSet* fields =
      response.GetReflection()->MutableUnknownFields(&response);
  fields->AddLengthDelimited(kKserveModelName, order.model);
  fields->AddVarint(kKserveDone, 1);
}

const char* NameOf(VersionState state) {
  switch (state) {
    case VersionState::kUntouched:
      return "";
    case VersionState::kLoading:
      return "LOADING";
    case VersionState::kReady:
      return "READY";
    case VersionState::kUnloading:
      return "UNLOADING";
    case VersionState::kUnavailable:
      return "UNAVAILABLE";
  }
  return "";
}

}  // namespace

absl::StatusOr<RepositoryOrder> ParseLoad(const inference::RepositoryModelLoadRequest& request) {
  CONVOY_ASSIGN_OR_RETURN(RepositoryOrder order, ParseNames(request));
  for (const auto& [name, value] : request.parameters()) {
    if (name == kConfig) {
      if (!value.has_string_param()) return WrongType("load", name, "string_param");
      order.config = value.string_param();
    } else if (name.starts_with(kFilePrefix)) {
      if (!value.has_bytes_param()) return WrongType("load", name, "bytes_param");
      return absl::InternalError(absl::StrFormat(
          "failed to load %s, failed to poll from model repository: %s is refused, as this server "
          "takes no files over the network; put them into its repository",
          Quote(order.model), Quote(name)));
    } else {
      return absl::InvalidArgumentError(
          absl::StrFormat("unrecognized load parameter %s; known is 'config'", Quote(name)));
    }
  }
  return order;
}

absl::StatusOr<RepositoryOrder> ParseUnload(
    const inference::RepositoryModelUnloadRequest& request) {
  CONVOY_ASSIGN_OR_RETURN(RepositoryOrder order, ParseNames(request));
  // No model here depends on another, so either value does the same. Others are read over, as
  // Triton does.
  const auto found = request.parameters().find(std::string(kUnloadDependents));
  if (found != request.parameters().end() && !found->second.has_bool_param()) {
    return absl::InvalidArgumentError(
        "invalid value type for 'unload_dependents' parameter, expected bool_param.");
  }
  return order;
}

void AnswerLoad(const RepositoryOrder& order, inference::RepositoryModelLoadResponse& response) {
  SayYes(order, response);
}

void AnswerUnload(const RepositoryOrder& order,
                  inference::RepositoryModelUnloadResponse& response) {
  SayYes(order, response);
}

void FillIndex(std::span<const VersionListing> listings, bool ready_only,
               inference::RepositoryIndexResponse& response) {
  for (const VersionListing& listing : listings) {
    if (ready_only && listing.state != VersionState::kReady) continue;
    auto& model = *response.add_models();
    model.set_name(ClientText(listing.name));
    if (listing.version != kNoVersion) model.set_version(absl::StrFormat("%d", listing.version));
    model.set_state(NameOf(listing.state));
    model.set_reason(ClientText(listing.reason));
  }
}

}  // namespace convoy::server
