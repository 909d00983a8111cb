#include <nlohmann/json.hpp>

#include "cli/amounts.h"
#include "cli/profile_report.h"

namespace convoy::cli {
namespace {

using Json = nlohmann::ordered_json;

Json OthersJson(const compute::StepReport& step) {
  Json others = Json::array();
  for (const compute::OtherKernel& other : step.others) {
    Json object = {{"kernel", other.kernel}, {"why", other.why}, {"trial_ms", nullptr}};
    if (other.trial_ms > 0) object["trial_ms"] = other.trial_ms;
    others.push_back(std::move(object));
  }
  return others;
}

Json LayerJson(const BatchProfile& profile, const LayerProfile& layer) {
  const compute::StepReport& step = layer.step;
  const double ms = step.median_ms;
  return {{"name", step.step},
          {"operator", layer.op},
          {"output", layer.outputs},
          {"device", step.device},
          {"kernel", step.kernel},
          {"why", step.why},
          {"median_ms", ms},
          {"min_ms", step.min_ms},
          {"p99_ms", step.p99_ms},
          {"share", profile.ShareOf(layer)},
          {"flops", step.cost.flops},
          {"bytes", step.cost.bytes},
          {"moved_bytes", step.moved_bytes},
          {"fp16_bytes", step.half_bytes},
          {"gflops_per_s", Giga(step.cost.flops, ms)},
          {"gbytes_per_s", Giga(step.cost.bytes, ms)},
          {"workgroups", step.workgroups},
          {"invocations", step.invocations},
          {"others", OthersJson(step)}};
}

Json RoofJson(const ProfileSubject& subject) {
  if (!subject.roof.has_value()) return nullptr;
  return {{"threads", subject.roof->threads},
          {"instructions", subject.roof->instructions},
          {"gflops_per_s", subject.roof->flops_per_s * 1e-9},
          {"gbytes_per_s", subject.roof->bytes_per_s * 1e-9}};
}

}  // namespace

std::string ProfileJson(const ProfileSubject& subject, const BatchProfile& profile) {
  Json object = {{"model", subject.model},
                 {"version", subject.version},
                 {"device", subject.device.id},
                 {"device_name", subject.device.name},
                 {"batch", profile.batch},
                 {"threads", subject.threads},
                 {"median_ms", profile.median_ms},
                 {"min_ms", profile.min_ms},
                 {"p99_ms", profile.p99_ms},
                 {"runs", profile.runs},
                 {"images_per_s", profile.images_per_s()},
                 {"flops", profile.flops},
                 {"bytes", profile.bytes},
                 {"moved_bytes", profile.moved_bytes},
                 {"arena_bytes", profile.arena_bytes},
                 {"arena_peak_bytes", profile.arena_peak_bytes},
                 {"weight_bytes", profile.weight_bytes},
                 {"peak_rss_bytes", profile.peak_rss_bytes},
                 {"plan_ms", profile.plan_ms},
                 {"compile_ms", profile.compile_ms},
                 {"first_run_ms", profile.first_run_ms},
                 {"start_to_answer_ms", profile.start_to_answer_ms}};
  object["roof"] = RoofJson(subject);
  object["layers_timed"] = profile.layers_timed;
  object["layer_runs"] = profile.layer_runs;
  object["layers"] = Json::array();
  for (const LayerProfile& layer : profile.layers) {
    object["layers"].push_back(LayerJson(profile, layer));
  }
  return object.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace convoy::cli
