// The address of an OpenTelemetry collector.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace convoy::server {

// host:port of an endpoint as OTEL_EXPORTER_OTLP_ENDPOINT has it, "http://host:4317" or
// "host:4317". INVALID_ARGUMENT for https and for what has no such form.
absl::StatusOr<std::string> ParseOtlpEndpoint(std::string_view text);

}  // namespace convoy::server
