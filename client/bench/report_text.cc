#include "client/bench/report_text.h"

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

namespace convoy::client {
namespace {

double Ms(absl::Duration time) { return absl::ToDoubleMilliseconds(time); }

// Names of servers and their messages must not steer the terminal.
std::string Printable(std::string text) {
  for (char& c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (code < 0x20 || code == 0x7f) c = '?';
  }
  return text;
}

// Three digits, as latencies are recorded.
std::string Digits(double value) {
  if (value >= 100) return absl::StrFormat("%.0f", value);
  return value >= 10 ? absl::StrFormat("%.1f", value) : absl::StrFormat("%.2f", value);
}

std::string LatencyLine(const char* name, const Histogram& histogram,
                        const std::vector<double>& percentiles) {
  std::string line = absl::StrFormat("%-12s", name);
  for (const double percent : percentiles) {
    line += absl::StrFormat("p%g %s  ", percent, Digits(Ms(histogram.Percentile(percent))));
  }
  absl::StrAppendFormat(&line, "max %s  mean %s\n", Digits(Ms(histogram.max())),
                        Digits(Ms(histogram.mean())));
  return line;
}

std::string StageLine(const char* name, const StageTable::Row& row) {
  std::string line = absl::StrFormat("%-12s", name);
  for (size_t i = 0; i < kStages; ++i) {
    line += absl::StrFormat("%s %s  ", kStageNames[i], Digits(Ms(row.mean[i])));
  }
  line.resize(line.size() - 2);
  line.push_back('\n');
  return line;
}

std::string ServerLine(const ModelCounters& counted) {
  if (counted.requests == 0) return "";
  const ServerMeans means = MeansOf(counted);
  return absl::StrFormat(
      "server ms   queue %s  input %s  compute %s  output %s  mean batch %.2f, by its statistics\n",
      Digits(Ms(means.queue)), Digits(Ms(means.compute_input)), Digits(Ms(means.compute_infer)),
      Digits(Ms(means.compute_output)), means.batch_size);
}

std::string CallsLine(const LoadReport& report) {
  std::string line = absl::StrFormat("calls       %d good, %d failed", report.good, report.failed);
  if (report.unfinished > 0) line += absl::StrFormat(", %d of them unfinished", report.unfinished);
  if (report.unsent > 0) line += absl::StrFormat(", %d never sent", report.unsent);
  line.push_back('\n');
  return line;
}

std::string VerdictText(const Verdict& verdict) {
  std::string text = absl::StrFormat("verdict     %s%s\n", verdict.valid ? "VALID" : "INVALID",
                                     verdict.stable ? "" : ", not stable");
  for (const std::string& reason : verdict.reasons) {
    absl::StrAppendFormat(&text, "            %s\n", reason);
  }
  for (const std::string& note : verdict.notes) {
    absl::StrAppendFormat(&text, "            %s\n", note);
  }
  return text;
}

std::string GoalsText(const RunRecord& run) {
  std::string text;
  for (const GoalResult& goal : run.goals) {
    text += absl::StrFormat("objective   %s: %s, %s\n", goal.goal, goal.measured,
                            goal.met ? "met" : "NOT met");
  }
  if (!run.scenario.has_value()) return text;
  const ScenarioVerdict& scenario = *run.scenario;
  text +=
      absl::StrFormat("scenario    MLPerf-style, unofficial: %s\n            %s: %.4g\n",
                      scenario.valid ? "VALID" : "INVALID", scenario.result_name, scenario.result);
  for (const ScenarioLine& line : scenario.lines) {
    text +=
        absl::StrFormat("            %s: %s (%s)\n", line.name, line.met ? "yes" : "NO", line.why);
  }
  return text;
}

std::string LatencyText(const BenchRecord& bench, const RunRecord& run) {
  const LoadReport& report = run.report;
  if (report.good == 0) return "";
  if (!run.load.open_loop) return LatencyLine("latency ms", report.response, bench.percentiles);
  return LatencyLine("response ms", report.response, bench.percentiles) +
         LatencyLine("service ms", report.service, bench.percentiles) +
         LatencyLine("send lag ms", report.lag, bench.percentiles);
}

std::string RunText(const BenchRecord& bench, const RunRecord& run) {
  const LoadReport& report = run.report;
  std::string text =
      absl::StrFormat("%s, %.4g s%s\n", LongName(run.load), absl::ToDoubleSeconds(report.elapsed),
                      report.interrupted ? ", interrupted" : "");
  text += absl::StrFormat("throughput  %.1f images/s (%.1f calls/s of %d)",
                          RowsPerSecond(bench, run), report.CallsPerSecond(), bench.rows_per_call);
  if (run.load.open_loop) text += absl::StrFormat(", sent %.1f calls/s", report.SentPerSecond());
  text.push_back('\n');
  text += CallsLine(report);
  text += LatencyText(bench, run);
  if (!report.stages.empty()) {
    text += StageLine("stages ms", report.stages.Between(0, 1));
    text += StageLine("slowest 1 %", report.stages.Between(0.99, 1));
  }
  if (run.server.has_value()) text += ServerLine(*run.server);
  if (report.judged > 0) {
    text += absl::StrFormat("accuracy    top-1 %.2f %%, top-5 %.2f %% of %d calls\n",
                            100.0 * static_cast<double>(report.right) / report.judged,
                            100.0 * static_cast<double>(report.among_top5) / report.judged,
                            report.judged);
  }
  for (const auto& [code, error] : report.errors) {
    text += absl::StrFormat("error       %s: %d, the first: %s\n", code, error.count,
                            Printable(error.first_message));
  }
  text += GoalsText(run);
  text += absl::StrFormat("generator   used %.2f of %.0f cores, its busiest thread %.0f %%\n",
                          report.generator.cores, report.generator.allowed_cores,
                          100 * report.generator.busiest_thread);
  return text + VerdictText(run.verdict);
}

// One line a run, for several of them.
std::string RunsTable(const BenchRecord& bench) {
  std::string text = absl::StrFormat("%-14s %-12s %10s %9s %9s %9s %8s  %s\n", "run", "load",
                                     "images/s", "p50 ms", "p99 ms", "service", "failed", "");
  for (const RunRecord& run : bench.runs) {
    const LoadReport& report = run.report;
    std::string marks = run.verdict.valid ? "" : "INVALID ";
    if (!run.goals.empty()) marks += Met(run.goals) ? "met" : "not met";
    const std::string name = run.load.name.empty() ? "run" : run.load.name;
    absl::StrAppendFormat(&text, "%-14s %-12s %10.1f %9s %9s %9s %8d  %s\n", name,
                          ShortName(run.load), RowsPerSecond(bench, run),
                          Digits(Ms(report.response.Percentile(50))),
                          Digits(Ms(report.response.Percentile(99))),
                          Digits(Ms(report.service.Percentile(99))), report.failed, marks);
  }
  return text;
}

std::string SearchText(const BenchRecord& bench, const SearchResult& search) {
  const std::string slo = bench.slo.has_value() ? ToString(*bench.slo) : "";
  if (search.rate <= 0) {
    return absl::StrFormat("No rate was found that meets %s. %s\n", slo, search.why_ended);
  }
  return absl::StrFormat("Highest rate that meets %s: %.4g calls/s (%.4g images/s)%s. %s\n", slo,
                         search.rate, search.rate * static_cast<double>(bench.rows_per_call),
                         search.confirmed ? "" : ", not confirmed", search.why_ended);
}

int64_t Us(absl::Duration time) { return absl::ToInt64Microseconds(time); }

std::string CsvRow(const BenchRecord& bench, const RunRecord& run) {
  const LoadReport& report = run.report;
  const ServerMeans means = MeansOf(run.server.value_or(ModelCounters{}));
  const absl::Duration network =
      std::max(absl::ZeroDuration(), report.service.mean() - means.total);
  const std::vector<int64_t> cells = {0,
                                      Us(network),
                                      Us(means.queue),
                                      Us(means.compute_input),
                                      Us(means.compute_infer),
                                      Us(means.compute_output),
                                      0,
                                      Us(report.response.Percentile(50)),
                                      Us(report.response.Percentile(90)),
                                      Us(report.response.Percentile(95)),
                                      Us(report.response.Percentile(99))};
  const std::string load = run.load.open_loop ? absl::StrFormat("%g", run.load.rate)
                                              : absl::StrFormat("%d", run.load.concurrency);
  return absl::StrFormat("%s,%g,%s\n", load, RowsPerSecond(bench, run), absl::StrJoin(cells, ","));
}

}  // namespace

std::string ToText(const BenchRecord& bench) {
  std::string text;
  if (bench.runs.size() > 1) text = RunsTable(bench) + "\n";
  text += RunText(bench, bench.answer());
  text += LatencyNote(bench.answer().load) + "\n";
  if (bench.search.has_value()) text += SearchText(bench, *bench.search);
  return text;
}

std::string ProgressLine(const LiveFigures& live, int64_t in_flight) {
  return absl::StrFormat(
      "%.0f s  %.1f calls/s  p50 %s ms  p99 %s ms  %d in flight  %d good, %d failed%s",
      live.seconds, live.calls_per_second, Digits(Ms(live.p50)), Digits(Ms(live.p99)), in_flight,
      live.good, live.failed, live.warming_up ? "  (warming up)" : "");
}

std::string ToCsv(const BenchRecord& bench) {
  const bool open = bench.runs[0].load.open_loop;
  std::string text = absl::StrFormat(
      "%s,Inferences/Second,Client Send,Network+Server Send/Recv,Server Queue,Server Compute Input,"
      "Server Compute Infer,Server Compute Output,Client Recv,p50 latency,p90 latency,"
      "p95 latency,p99 latency\n",
      open ? "Request Rate" : "Concurrency");
  for (const RunRecord& run : bench.runs) {
    if (run.load.open_loop == open) text += CsvRow(bench, run);
  }
  return text;
}

}  // namespace convoy::client
