#include "client/bench/report_json.h"

#include <nlohmann/json.hpp>

#include "absl/strings/str_format.h"
#include "client/bench/confidence.h"

namespace convoy::client {
namespace {

using Json = nlohmann::ordered_json;

double Ms(absl::Duration time) { return absl::ToDoubleMilliseconds(time); }

std::string PercentileKey(double percent) { return absl::StrFormat("p%g", percent); }

Json Latency(const Histogram& histogram, const std::vector<double>& percentiles) {
  Json object;
  object["count"] = histogram.count();
  object["min"] = Ms(histogram.min());
  object["mean"] = Ms(histogram.mean());
  for (const double percent : percentiles) {
    object[PercentileKey(percent)] = Ms(histogram.Percentile(percent));
  }
  object["max"] = Ms(histogram.max());
  return object;
}

Json Buckets(const std::vector<HistogramBucket>& buckets) {
  Json list = Json::array();
  for (const HistogramBucket& bucket : buckets) {
    list.push_back({absl::ToDoubleMicroseconds(bucket.upto), bucket.count});
  }
  return list;
}

Json Intervals(const Histogram& histogram, const std::vector<double>& percentiles) {
  Json object = Json::object();
  for (const double percent : percentiles) {
    const DurationInterval interval = PercentileInterval(histogram, percent);
    object[PercentileKey(percent)] = {Ms(interval.low), Ms(interval.high)};
  }
  return object;
}

Json Load(const BenchRecord& bench, const LoadShape& load) {
  Json object;
  object["mode"] = load.open_loop ? "open" : "closed";
  if (load.open_loop) {
    object["rate"] = load.rate;
    object["plan"] = load.plan;
    object["arrivals"] = load.arrivals;
  } else {
    object["concurrency"] = load.concurrency;
  }
  if (!load.name.empty()) object["name"] = load.name;
  object["connections"] = bench.connections;
  object["input"] = bench.input;
  object["rows_per_call"] = bench.rows_per_call;
  object["request_bytes"] = bench.request_bytes;
  return object;
}

Json Calls(const LoadReport& report) {
  return {{"sent", report.sent},     {"good", report.good},
          {"failed", report.failed}, {"unfinished", report.unfinished},
          {"unsent", report.unsent}, {"late", report.late},
          {"held", report.held}};
}

Json Windows(const LoadReport& report) {
  Json list = Json::array();
  for (const Window& window : report.windows) {
    Json object = {{"start", absl::ToDoubleSeconds(window.start)},
                   {"sent", window.sent},
                   {"good", window.good},
                   {"failed", window.failed},
                   {"in_flight", window.in_flight},
                   {"p50_ms", Ms(window.p50)},
                   {"p99_ms", Ms(window.p99)},
                   {"response_us", Buckets(window.response)}};
    if (window.batch_size > 0) object["batch_size"] = window.batch_size;
    list.push_back(std::move(object));
  }
  return list;
}

Json StageRow(const StageTable::Row& row) {
  Json object = {{"calls", row.calls}};
  for (size_t i = 0; i < kStages; ++i) object[kStageNames[i]] = Ms(row.mean[i]);
  return object;
}

Json Stages(const StageTable& stages) {
  return {{"all", StageRow(stages.Between(0, 1))},
          {"median", StageRow(stages.Between(0.45, 0.55))},
          {"slowest_1_percent", StageRow(stages.Between(0.99, 1))}};
}

Json ServerMeansJson(const ModelCounters& counted) {
  const ServerMeans means = MeansOf(counted);
  return {{"requests", counted.requests},
          {"rows", counted.rows},
          {"batches", counted.batches},
          {"batch_size", means.batch_size},
          {"total_ms", Ms(means.total)},
          {"queue_ms", Ms(means.queue)},
          {"compute_input_ms", Ms(means.compute_input)},
          {"compute_infer_ms", Ms(means.compute_infer)},
          {"compute_output_ms", Ms(means.compute_output)}};
}

Json Errors(const LoadReport& report) {
  Json object = Json::object();
  for (const auto& [code, error] : report.errors) {
    object[code] = {{"count", error.count}, {"first", error.first_message}};
  }
  return object;
}

Json ScenarioJson(const ScenarioVerdict& verdict) {
  Json object = {{"valid", verdict.valid}, {verdict.result_name, verdict.result}};
  for (const ScenarioLine& line : verdict.lines) {
    object["reasons"].push_back({{"name", line.name}, {"met", line.met}, {"why", line.why}});
  }
  return object;
}

void AddOptional(const RunRecord& run, Json& object) {
  const LoadReport& report = run.report;
  if (!report.stages.empty()) object["stages_ms"] = Stages(report.stages);
  if (run.server.has_value()) object["server_means"] = ServerMeansJson(*run.server);
  if (report.judged > 0) {
    const auto judged = static_cast<double>(report.judged);
    object["accuracy"] = {{"judged", report.judged},
                          {"top1", static_cast<double>(report.right) / judged},
                          {"top5", static_cast<double>(report.among_top5) / judged}};
  }
  for (const GoalResult& goal : run.goals) {
    object["slo"].push_back({{"goal", goal.goal}, {"measured", goal.measured}, {"met", goal.met}});
  }
  if (run.scenario.has_value()) object["scenario"] = ScenarioJson(*run.scenario);
}

Json RunJson(const BenchRecord& bench, const RunRecord& run) {
  const LoadReport& report = run.report;
  const std::vector<double>& percentiles = bench.percentiles;
  Json object;
  object["load"] = Load(bench, run.load);
  object["verdict"] = {{"valid", run.verdict.valid},
                       {"stable", run.verdict.stable},
                       {"reasons", run.verdict.reasons},
                       {"notes", run.verdict.notes}};
  object["interrupted"] = report.interrupted;
  object["seconds"] = absl::ToDoubleSeconds(report.elapsed);
  object["measured_seconds"] = absl::ToDoubleSeconds(report.measured);
  object["calls"] = Calls(report);
  object["calls_per_second"] = report.CallsPerSecond();
  object["images_per_second"] = RowsPerSecond(bench, run);
  object["sent_per_second"] = report.SentPerSecond();
  object["error_rate"] = report.ErrorRate();
  object["latency_ms"] = Latency(report.response, percentiles);
  object["latency_interval_ms"] = Intervals(report.response, percentiles);
  object["service_ms"] = Latency(report.service, percentiles);
  object["attempts_ms"] = Latency(report.attempts, percentiles);
  object["send_lag_ms"] = Latency(report.lag, percentiles);
  AddOptional(run, object);
  object["generator"] = {{"cores", report.generator.cores},
                         {"allowed_cores", report.generator.allowed_cores},
                         {"busiest_thread", report.generator.busiest_thread}};
  object["errors"] = Errors(report);
  object["histogram_us"] = Buckets(report.response.Buckets());
  object["windows"] = Windows(report);
  return object;
}

Json Header(const BenchRecord& bench) {
  Json object;
  object["schema_version"] = kSchemaVersion;
  object["tool"] = {{"name", "convoy bench"}, {"version", bench.tool_version}};
  object["started_at"] = bench.started_at;
  object["command"] = bench.command;
  object["seed"] = bench.seed;
  object["host"] = Json::object();
  for (const auto& [key, value] : bench.host) object["host"][key] = value;
  object["labels"] = Json::object();
  for (const auto& [key, value] : bench.labels) object["labels"][key] = value;
  object["server"] = {{"url", bench.url},
                      {"name", bench.server.name},
                      {"version", bench.server.version},
                      {"extensions", bench.server.extensions}};
  object["model"] = bench.model;
  object["model_version"] = bench.model_version;
  return object;
}

const char* Word(ProbeVerdict verdict) {
  switch (verdict) {
    case ProbeVerdict::kPassed:
      return "passed";
    case ProbeVerdict::kFailed:
      return "failed";
    case ProbeVerdict::kInvalid:
      break;
  }
  return "invalid";
}

Json Search(const BenchRecord& bench, const SearchResult& search) {
  Json object = {{"slo", bench.slo.has_value() ? ToString(*bench.slo) : ""},
                 {"rate", search.rate},
                 {"confirmed", search.confirmed},
                 {"why_ended", search.why_ended},
                 {"probes", Json::array()}};
  for (const SearchResult::Step& step : search.steps) {
    object["probes"].push_back({{"rate", step.request.rate},
                                {"confirm", step.request.confirm},
                                {"verdict", Word(step.verdict)}});
  }
  return object;
}

std::vector<HistogramBucket> ReadBuckets(const Json& list) {
  std::vector<HistogramBucket> buckets;
  for (const Json& pair : list) {
    buckets.push_back({absl::Microseconds(pair.at(0).get<double>()), pair.at(1).get<int64_t>()});
  }
  return buckets;
}

ComparedRun ReadRun(const Json& file, const Json& run) {
  ComparedRun read;
  read.model = file.at("model").get<std::string>();
  Json load = run.at("load");
  read.input = absl::StrFormat("%s, %d rows a call", load.at("input").get<std::string>(),
                               load.at("rows_per_call").get<int64_t>());
  for (const char* key : {"input", "rows_per_call", "request_bytes", "name"}) load.erase(key);
  read.load = load.dump();
  read.host = file.at("host").dump();
  read.valid = run.at("verdict").at("valid").get<bool>();
  read.calls_per_second = run.at("calls_per_second").get<double>();
  for (const HistogramBucket& bucket : ReadBuckets(run.at("histogram_us"))) {
    read.response.Record(bucket.upto, bucket.count);
  }
  // The last window is cut short, and those of the drain have few calls.
  const auto measured = run.at("measured_seconds").get<double>();
  for (const Json& window : run.at("windows")) {
    if (window.at("start").get<double>() + 1 > measured + 1e-6) break;
    read.sample.seconds.push_back(
        {window.at("good").get<double>(), ReadBuckets(window.at("response_us"))});
  }
  return read;
}

}  // namespace

Json ToJson(const BenchRecord& bench) {
  Json object = Header(bench);
  if (bench.search.has_value()) object["search"] = Search(bench, *bench.search);
  if (bench.runs.size() == 1) {
    object.update(RunJson(bench, bench.runs[0]));
    return object;
  }
  object["result"] = bench.result;
  object["runs"] = Json::array();
  for (const RunRecord& run : bench.runs) object["runs"].push_back(RunJson(bench, run));
  return object;
}

std::string ToJsonText(const BenchRecord& bench) {
  return ToJson(bench).dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

absl::StatusOr<ComparedRun> ParseReport(std::string_view text) {
  // The JSON library throws; no exception leaves this function.
  try {
    const Json file = Json::parse(text);
    const int version = file.at("schema_version").get<int>();
    if (version != kSchemaVersion) {
      return absl::InvalidArgumentError(absl::StrFormat(
          "The report has schema_version %d; this tool reads %d.", version, kSchemaVersion));
    }
    if (!file.contains("runs")) return ReadRun(file, file);
    return ReadRun(file, file.at("runs").at(file.at("result").get<size_t>()));
  } catch (const Json::exception& error) {
    return absl::InvalidArgumentError(
        absl::StrFormat("It is no report of 'convoy bench --json': %s.", error.what()));
  }
}

}  // namespace convoy::client
