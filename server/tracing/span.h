// One span of a trace, in OpenTelemetry's terms. Plain data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "server/tracing/trace_context.h"

namespace convoy::server {

using AttributeValue = std::variant<std::string, int64_t, double>;

struct Span {
  TraceContext context;  // whose span_id is this span's own
  std::optional<std::array<uint8_t, 8>> parent;
  std::string name;
  bool server_side = false;  // kind SERVER, else INTERNAL
  absl::Time start, end;
  std::vector<std::pair<std::string, AttributeValue>> attributes;
  std::vector<TraceContext> links;
  std::string error;  // empty: all went well
};

}  // namespace convoy::server
