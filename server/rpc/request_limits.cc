#include "server/rpc/request_limits.h"

#include <string>
#include <string_view>

#include "compute/base/quote.h"
#include "compute/base/status.h"

namespace convoy::server {
namespace {

using compute::Quote;

absl::Status CheckCount(std::string_view what, int count, int limit) {
  if (count <= limit) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrFormat("The request has %d %s; the limit is %d", count, what, limit));
}

absl::Status CheckName(std::string_view what, const std::string& name) {
  if (name.size() <= kMaxRequestNameBytes) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrFormat("The name of %s %s is too long; the limit is "
                      "%d bytes",
                      what, Quote(name), kMaxRequestNameBytes));
}

template <typename Parameters>
absl::Status CheckParameters(std::string_view what, const Parameters& parameters) {
  CONVOY_RETURN_IF_ERROR(
      CheckCount(what, static_cast<int>(parameters.size()), kMaxRequestParameters));
  for (const auto& [key, value] : parameters) CONVOY_RETURN_IF_ERROR(CheckName("parameter", key));
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckRequestLimits(const inference::ModelInferRequest& request) {
  CONVOY_RETURN_IF_ERROR(CheckCount("inputs", request.inputs_size(), kMaxRequestTensors));
  CONVOY_RETURN_IF_ERROR(CheckCount("outputs", request.outputs_size(), kMaxRequestTensors));
  CONVOY_RETURN_IF_ERROR(CheckParameters("parameters", request.parameters()));
  for (const auto& input : request.inputs()) {
    CONVOY_RETURN_IF_ERROR(CheckName("input", input.name()));
    CONVOY_RETURN_IF_ERROR(CheckParameters("parameters of one input", input.parameters()));
  }
  for (const auto& output : request.outputs()) {
    CONVOY_RETURN_IF_ERROR(CheckName("output", output.name()));
    CONVOY_RETURN_IF_ERROR(CheckParameters("parameters of one output", output.parameters()));
  }
  return absl::OkStatus();
}

}  // namespace convoy::server
