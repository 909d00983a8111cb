#include "cli/profile_trace.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_format.h"
#include "cli/amounts.h"
#include "server/tracing/chrome_events.h"

namespace convoy::cli {
namespace {

using Json = nlohmann::json;

Json Bar(const std::string& name, double start_ms, double ms, int row, Json arguments) {
  Json event = server::ChromeEvent(name, "X", 1e3 * start_ms, row);
  event["dur"] = 1e3 * ms;
  event["args"] = std::move(arguments);
  return event;
}

Json RunArguments(const ProfileSubject& subject, const BatchProfile& profile) {
  return {{"model", subject.model},
          {"version", subject.version},
          {"device", subject.device.id},
          {"device_name", subject.device.name},
          {"batch", profile.batch},
          {"runs", profile.runs},
          {"median_ms", profile.median_ms},
          {"p99_ms", profile.p99_ms},
          {"images_per_s", profile.images_per_s()}};
}

Json LayerArguments(const LayerProfile& layer) {
  const compute::StepReport& step = layer.step;
  return {{"operator", layer.op},
          {"kernel", step.kernel},
          {"output", layer.outputs},
          {"device", step.device},
          {"why", step.why},
          {"median_ms", step.median_ms},
          {"p99_ms", step.p99_ms},
          {"gflops_per_s", Giga(step.cost.flops, step.median_run_ms)},
          {"gbytes_per_s", Giga(step.cost.bytes, step.median_run_ms)}};
}

}  // namespace

std::string ProfileTrace(const ProfileSubject& subject, const std::vector<BatchProfile>& profiles) {
  Json events = Json::array();
  int row = 0;
  for (const BatchProfile& profile : profiles) {
    ++row;
    const std::string name = absl::StrFormat("batch %d", profile.batch);
    events.push_back(server::ChromeRowName(row, name));
    double sum_ms = 0;
    for (const LayerProfile& layer : profile.layers) sum_ms += layer.step.median_run_ms;
    if (!profile.layers_timed) sum_ms = profile.median_ms;
    events.push_back(Bar(name, 0, sum_ms, row, RunArguments(subject, profile)));
    if (!profile.layers_timed) continue;
    double start_ms = 0;
    for (const LayerProfile& layer : profile.layers) {
      const double ms = layer.step.median_run_ms;
      events.push_back(Bar(layer.step.step, start_ms, ms, row, LayerArguments(layer)));
      start_ms += ms;
    }
  }
  return server::ChromePage(std::move(events));
}

}  // namespace convoy::cli
