// The events of Chrome's Trace Event Format (chrome://tracing, ui.perfetto.dev): one page, one
// process, named rows. What is traced is the callers' business: requests here, layers in `convoy
// profile --trace`.
//
//   nlohmann::json events = {ChromeRowName(1, "requests")};
//   nlohmann::json event = ChromeEvent("conv1", "X", /*microseconds=*/0, /*row=*/1);
//   event["dur"] = 12.5;
//   events.push_back(std::move(event));
//   std::string page = ChromePage(std::move(events));
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace convoy::server {

// `phase`: "X" with a "dur", "b" and "e" or "s" and "f" with an "id".
nlohmann::json ChromeEvent(std::string_view name, std::string_view phase, double microseconds,
                           int row);
nlohmann::json ChromeRowName(int row, std::string_view name);

// What is no UTF-8 in names and arguments is replaced.
std::string ChromePage(nlohmann::json events);

}  // namespace convoy::server
