#include "server/tracing/otlp_message.h"

#include <type_traits>

namespace convoy::server {
namespace {

namespace otlp = opentelemetry::proto::collector::trace::v1;

template <size_t size>
std::string Bytes(const std::array<uint8_t, size>& id) {
  return std::string(id.begin(), id.end());
}

void SetValue(const AttributeValue& from, otlp::AnyValue& to) {
  std::visit(
      [&](const auto& value) {
        using Type = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<Type, std::string>) to.set_string_value(value);
        if constexpr (std::is_same_v<Type, int64_t>) to.set_int_value(value);
        if constexpr (std::is_same_v<Type, double>) to.set_double_value(value);
      },
      from);
}

void Fill(const Span& from, otlp::Span& to) {
  to.set_trace_id(Bytes(from.context.trace_id));
  to.set_span_id(Bytes(from.context.span_id));
  if (from.parent.has_value()) to.set_parent_span_id(Bytes(*from.parent));
  to.set_name(from.name);
  to.set_kind(from.server_side ? otlp::Span::SERVER : otlp::Span::INTERNAL);
  to.set_start_time_unix_nano(static_cast<uint64_t>(absl::ToUnixNanos(from.start)));
  to.set_end_time_unix_nano(static_cast<uint64_t>(absl::ToUnixNanos(from.end)));
  to.set_flags(from.context.sampled ? 1 : 0);
  for (const auto& [name, value] : from.attributes) {
    otlp::KeyValue& attribute = *to.add_attributes();
    attribute.set_key(name);
    SetValue(value, *attribute.mutable_value());
  }
  for (const TraceContext& context : from.links) {
    otlp::Span::Link& link = *to.add_links();
    link.set_trace_id(Bytes(context.trace_id));
    link.set_span_id(Bytes(context.span_id));
  }
  if (from.error.empty()) return;
  to.mutable_status()->set_code(otlp::Status::ERROR);
  to.mutable_status()->set_message(from.error);
}

}  // namespace

otlp::ExportTraceServiceRequest MakeExportRequest(
    std::span<const Span> spans, std::span<const std::pair<std::string, std::string>> resource) {
  otlp::ExportTraceServiceRequest request;
  otlp::ResourceSpans& group = *request.add_resource_spans();
  for (const auto& [name, value] : resource) {
    otlp::KeyValue& attribute = *group.mutable_resource()->add_attributes();
    attribute.set_key(name);
    attribute.mutable_value()->set_string_value(value);
  }
  otlp::ScopeSpans& scope = *group.add_scope_spans();
  scope.mutable_scope()->set_name("convoy");
  for (const Span& span : spans) Fill(span, *scope.add_spans());
  return request;
}

}  // namespace convoy::server
