#include "server/tracing/chrome_events.h"

#include <nlohmann/json.hpp>
#include <utility>

namespace convoy::server {
namespace {

using Json = nlohmann::json;

constexpr int kProcess = 1;

}  // namespace

Json ChromeEvent(std::string_view name, std::string_view phase, double microseconds, int row) {
  return {{"name", name},       {"cat", "convoy"}, {"ph", phase},
          {"ts", microseconds}, {"pid", kProcess}, {"tid", row}};
}

Json ChromeRowName(int row, std::string_view name) {
  return {{"name", "thread_name"},
          {"ph", "M"},
          {"pid", kProcess},
          {"tid", row},
          {"args", {{"name", name}}}};
}

std::string ChromePage(Json events) {
  return Json{{"traceEvents", std::move(events)}, {"displayTimeUnit", "ms"}}.dump(
      -1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace convoy::server
