#include "server/rpc/request_parameters.h"

#include <string>

#include "compute/base/quote.h"
#include "compute/base/status.h"

namespace convoy::server {
namespace {

using compute::Quote;
using inference::InferParameter;

constexpr std::string_view kReservedPrefix = "triton_";
// The stock C++ client puts it into every request; a model that answers once may ignore it.
constexpr std::string_view kEmptyFinalResponse = "triton_enable_empty_final_response";

absl::Status WrongType(std::string_view key, std::string_view expected) {
  return absl::InvalidArgumentError(
      absl::StrFormat("invalid value type for %s parameter, expected %s", Quote(key), expected));
}

absl::Status ParseTimeout(const InferParameter& value, RequestParameters& parameters) {
  if (!value.has_int64_param()) return WrongType("timeout", "int64_param");
  if (value.int64_param() < 0) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "invalid value for 'timeout', expected value >= 0, got %d", value.int64_param()));
  }
  if (value.int64_param() > 0) parameters.timeout = absl::Microseconds(value.int64_param());
  return absl::OkStatus();
}

absl::Status ParsePriority(const InferParameter& value, RequestParameters& parameters) {
  if (value.has_uint64_param()) {
    parameters.priority = value.uint64_param();
    return absl::OkStatus();
  }
  if (!value.has_int64_param()) return WrongType("priority", "int64_param or uint64_param");
  if (value.int64_param() < 0) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "invalid value for 'priority', expected value >= 0, got %d", value.int64_param()));
  }
  parameters.priority = static_cast<uint64_t>(value.int64_param());
  return absl::OkStatus();
}

absl::Status CheckOther(const std::string& key, const InferParameter& value) {
  if (key.starts_with(kReservedPrefix) && key != kEmptyFinalResponse) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "parameter keys starting with '%s' are reserved; only '%s' is known, the request has %s",
        kReservedPrefix, kEmptyFinalResponse, Quote(key)));
  }
  if (value.parameter_choice_case() == InferParameter::PARAMETER_CHOICE_NOT_SET) {
    return WrongType(key, "int64_param, bool_param, double_param or string_param");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<RequestParameters> ParseParameters(const inference::ModelInferRequest& request) {
  RequestParameters parameters;
  for (const auto& [key, value] : request.parameters()) {
    if (key == "timeout") {
      CONVOY_RETURN_IF_ERROR(ParseTimeout(value, parameters));
    } else if (key == "priority") {
      CONVOY_RETURN_IF_ERROR(ParsePriority(value, parameters));
    } else {
      CONVOY_RETURN_IF_ERROR(CheckOther(key, value));
    }
  }
  return parameters;
}

}  // namespace convoy::server
