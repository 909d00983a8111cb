#include "server/tracing/chrome_trace.h"

#include <map>
#include <nlohmann/json.hpp>

#include "server/tracing/chrome_events.h"

namespace convoy::server {
namespace {

using Json = nlohmann::json;

constexpr int kRequestRow = 1;
constexpr int kFirstBatchRow = 2;

double Microseconds(absl::Time time) {
  return absl::ToDoubleMicroseconds(time - absl::UnixEpoch());
}

Json Event(const Span& span, const char* phase, absl::Time at, int row) {
  return ChromeEvent(span.name, phase, Microseconds(at), row);
}

Json Arguments(const Span& span) {
  Json arguments = {{"trace_id", ToHex(span.context.trace_id)}};
  for (const auto& attribute : span.attributes) {
    std::visit([&](const auto& plain) { arguments[attribute.first] = plain; }, attribute.second);
  }
  if (!span.error.empty()) arguments["error"] = span.error;
  return arguments;
}

std::string ModelOf(const Span& span) {
  for (const auto& [name, value] : span.attributes) {
    if (name == "convoy.model") return std::get<std::string>(value);
  }
  return "";
}

bool IsBatch(const Span& span) { return span.name == "batch" && !span.parent.has_value(); }

}  // namespace

std::string RenderChromeTrace(std::span<const Span> spans) {
  Json events = Json::array();
  events.push_back(ChromeRowName(kRequestRow, "requests"));
  std::map<std::string, int> rows;  // of the models' batches
  for (const Span& span : spans) {
    if (IsBatch(span)) {
      const auto [row, is_new] =
          rows.try_emplace(ModelOf(span), kFirstBatchRow + static_cast<int>(rows.size()));
      if (is_new) events.push_back(ChromeRowName(row->second, "batches of " + row->first));
      Json event = Event(span, "X", span.start, row->second);
      event["dur"] = absl::ToDoubleMicroseconds(span.end - span.start);
      event["args"] = Arguments(span);
      events.push_back(std::move(event));
      Json arrow = Event(span, "f", span.start, row->second);
      arrow["id"] = ToHex(span.context.span_id);
      arrow["bp"] = "e";
      events.push_back(std::move(arrow));
      continue;
    }
    // The spans of a request share its id, so that they nest in a row of their own.
    for (const bool begins : {true, false}) {
      Json event = Event(span, begins ? "b" : "e", begins ? span.start : span.end, kRequestRow);
      event["id"] = ToHex(span.server_side ? span.context.span_id : *span.parent);
      if (begins) event["args"] = Arguments(span);
      events.push_back(std::move(event));
    }
    if (span.name == "compute" && !span.links.empty()) {
      Json arrow = Event(span, "s", span.start, kRequestRow);
      arrow["id"] = ToHex(span.links.front().span_id);
      events.push_back(std::move(arrow));
    }
  }
  return ChromePage(std::move(events));
}

}  // namespace convoy::server
