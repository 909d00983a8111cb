// Spans as the message of OTLP.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "otlp/trace_service.pb.h"
#include "server/tracing/span.h"

namespace convoy::server {

// `resource`: what all spans share, service.name among them.
opentelemetry::proto::collector::trace::v1::ExportTraceServiceRequest MakeExportRequest(
    std::span<const Span> spans, std::span<const std::pair<std::string, std::string>> resource);

}  // namespace convoy::server
