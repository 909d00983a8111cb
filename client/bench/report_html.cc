#include "client/bench/report_html.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "client/bench/html_page.h"
#include "client/bench/report_json.h"
#include "client/bench/svg_plot.h"

namespace convoy::client {
namespace {

double Ms(absl::Duration time) { return absl::ToDoubleMilliseconds(time); }

std::string MsText(absl::Duration time) { return absl::StrFormat("%.3g", Ms(time)); }

std::string Cards(const BenchRecord& bench) {
  const RunRecord& run = bench.answer();
  const LoadReport& report = run.report;
  std::string html = "<div class=\"cards\">";
  if (bench.search.has_value()) {
    html += HtmlCard(absl::StrFormat("%.4g/s", bench.search->rate), "highest rate that meets it");
  }
  html += HtmlCard(absl::StrFormat("%.4g", RowsPerSecond(bench, run)), "images/s");
  html += HtmlCard(MsText(report.response.Percentile(50)) + " ms", "p50 response");
  html += HtmlCard(MsText(report.response.Percentile(99)) + " ms", "p99 response");
  html += HtmlCard(MsText(report.response.max()) + " ms", "slowest");
  html += HtmlCard(absl::StrFormat("%d", report.calls()), "calls");
  html += HtmlCard(absl::StrFormat("%.3g %%", report.ErrorRate() * 100), "failed");
  if (report.judged > 0) {
    const double top1 = static_cast<double>(report.right) / static_cast<double>(report.judged);
    html += HtmlCard(absl::StrFormat("%.4g %%", top1 * 100), "top-1 right");
  }
  return html + "</div>\n";
}

std::string RateFigure(const BenchRecord& bench) {
  std::vector<const RunRecord*> runs;
  for (const RunRecord& run : bench.runs) {
    if (run.load.open_loop == bench.answer().load.open_loop && run.report.good > 0) {
      runs.push_back(&run);
    }
  }
  if (runs.size() < 2) return "";
  std::ranges::sort(runs, [](const RunRecord* a, const RunRecord* b) {
    return a->report.CallsPerSecond() < b->report.CallsPerSecond();
  });
  LinePlot plot{
      .x = {.label = "answered calls/s"}, .y = {.label = "ms", .log = true}, .dots = true};
  plot.series = {{"p50", {}}, {"p99", {}}};
  for (const RunRecord* run : runs) {
    const double rate = run->report.CallsPerSecond();
    plot.series[0].points.emplace_back(rate, Ms(run->report.response.Percentile(50)));
    plot.series[1].points.emplace_back(rate, Ms(run->report.response.Percentile(99)));
  }
  if (bench.slo.has_value() && !bench.slo->latencies.empty()) {
    const LatencyGoal& goal = bench.slo->hardest();
    plot.limit = {Ms(goal.limit), absl::StrFormat("p%g goal", goal.percent)};
  }
  return HtmlFigure("Latency against rate", {"p50", "p99"}, ToSvg(plot),
                    "Response time of each run at the rate that was answered.");
}

Series PercentileSeries(const char* name, const Histogram& histogram) {
  Series series{name, {}};
  // Nines: 0 is the smallest value, 1 is p90, 2 is p99, ...
  const double last = std::log10(std::max<double>(10, static_cast<double>(histogram.count())));
  for (double nines = 0; nines <= last + 1e-9; nines += 0.05) {
    const double percent = 100 * (1 - std::pow(10, -nines));
    series.points.emplace_back(nines, Ms(histogram.Percentile(percent)));
  }
  return series;
}

std::string PercentileFigure(const RunRecord& run) {
  const LoadReport& report = run.report;
  if (report.good == 0) return "";
  LinePlot plot{.x = {.label = "percentile", .log = false}, .y = {.label = "ms", .log = true}};
  plot.series.push_back(PercentileSeries("response", report.response));
  if (run.load.open_loop) plot.series.push_back(PercentileSeries("service", report.service));
  const char* const kNames[] = {"0", "90", "99", "99.9", "99.99", "99.999", "99.9999"};
  const double last = plot.series[0].points.back().first;
  for (int nines = 0; nines <= 6 && (nines <= 1 || nines < last + 1); ++nines) {
    plot.x.ticks.emplace_back(nines, kNames[nines]);
  }
  std::vector<std::string> legend = {"response"};
  if (run.load.open_loop) legend.emplace_back("service");
  return HtmlFigure("Percentiles", legend, ToSvg(plot), LatencyNote(run.load));
}

// One plot of the windows of the measured time.
std::string TimeFigure(const RunRecord& run, const char* title, const char* unit, bool log,
                       const std::vector<std::pair<std::string, double (*)(const Window&)>>& lines,
                       const char* caption) {
  LinePlot plot{.x = {.label = "seconds", .tight = true}, .y = {.label = unit, .log = log}};
  std::vector<std::string> legend;
  for (const auto& [name, value] : lines) {
    Series series{name, {}};
    for (const Window& window : run.report.windows) {
      series.points.emplace_back(absl::ToDoubleSeconds(window.start), value(window));
    }
    legend.push_back(name);
    plot.series.push_back(std::move(series));
  }
  plot.dots = run.report.windows.size() <= 40;
  return HtmlFigure(title, legend, ToSvg(plot), caption);
}

std::string Timeline(const RunRecord& run) {
  if (run.report.windows.size() < 2) return "";
  const auto sent = [](const Window& w) { return static_cast<double>(w.sent); };
  const auto good = [](const Window& w) { return static_cast<double>(w.good); };
  const auto failed = [](const Window& w) { return static_cast<double>(w.failed); };
  const auto p50 = [](const Window& w) { return Ms(w.p50); };
  const auto p99 = [](const Window& w) { return Ms(w.p99); };
  const auto flying = [](const Window& w) { return static_cast<double>(w.in_flight); };
  const auto batch = [](const Window& w) { return w.batch_size; };
  std::string html = TimeFigure(run, "Calls a second", "calls/s", false,
                                {{"answered", good}, {"sent", sent}, {"failed", failed}},
                                "By the second in which they were sent or answered.") +
                     TimeFigure(run, "Latency over time", "ms", true, {{"p50", p50}, {"p99", p99}},
                                "Response times of the calls that were answered in each second.");
  const bool batches =
      std::ranges::any_of(run.report.windows, [](const Window& w) { return w.batch_size > 0; });
  std::vector<std::pair<std::string, double (*)(const Window&)>> lines = {{"in flight", flying}};
  if (batches) lines.emplace_back("batch size", batch);
  return html + TimeFigure(run, "Calls in flight", "calls", false, lines,
                           "At the end of each second; batch size is the mean.");
}

std::string StageFigure(const RunRecord& run) {
  const StageTable& stages = run.report.stages;
  StackedBars bars{.unit = "ms", .parts = {}, .rows = {}};
  std::string caption = "Mean times of the stages that a call goes through.";
  if (!stages.empty()) {
    bars.parts.assign(kStageNames.begin(), kStageNames.end());
    const auto add = [&](const char* name, const StageTable::Row& row) {
      bars.rows.push_back({name, {}});
      for (const absl::Duration time : row.mean) bars.rows.back().values.push_back(Ms(time));
    };
    add("All calls", stages.Between(0, 1));
    add("Around the median", stages.Between(0.45, 0.55));
    add("The slowest 1 %", stages.Between(0.99, 1));
  } else if (run.server.has_value() && run.server->requests > 0) {
    const ServerMeans means = MeansOf(*run.server);
    const absl::Duration network = run.report.service.mean() - means.total;
    bars.parts = {"network", "queue", "input", "compute", "output"};
    bars.rows.push_back({"All calls",
                         {std::max(0.0, Ms(network)), Ms(means.queue), Ms(means.compute_input),
                          Ms(means.compute_infer), Ms(means.compute_output)}});
    caption = "Means by the server's statistics; it does not tell the stages of single calls.";
  } else {
    return "";
  }
  return HtmlFigure("Where the time goes", bars.parts, ToSvg(bars), caption);
}

std::string Section(std::string_view title, std::string_view table) {
  return absl::StrFormat("<section><h2>%s</h2>%s</section>\n", title, table);
}

std::string Verdicts(const RunRecord& run) {
  std::string html = absl::StrFormat(
      "<p><span class=\"verdict %s\">%s</span>%s</p>", run.verdict.valid ? "good" : "bad",
      run.verdict.valid ? "VALID" : "INVALID", run.verdict.stable ? "" : ", not stable");
  std::string items;
  const auto item = [&](const std::string& text) {
    absl::StrAppendFormat(&items, "<li>%s</li>", Escaped(text));
  };
  for (const std::string& reason : run.verdict.reasons) item(reason);
  for (const std::string& note : run.verdict.notes) item(note);
  for (const GoalResult& goal : run.goals) {
    item(absl::StrFormat("Objective %s: %s, %s.", goal.goal, goal.measured,
                         goal.met ? "met" : "not met"));
  }
  if (run.scenario.has_value()) {
    item(absl::StrFormat("MLPerf-style, unofficial: %s; %s %.4g.",
                         run.scenario->valid ? "VALID" : "INVALID", run.scenario->result_name,
                         run.scenario->result));
    for (const ScenarioLine& line : run.scenario->lines) {
      item(absl::StrFormat("%s: %s. %s", line.name, line.met ? "yes" : "no", line.why));
    }
  }
  if (!items.empty()) absl::StrAppendFormat(&html, "<ul>%s</ul>\n", items);
  return html;
}

std::string RunsTable(const BenchRecord& bench) {
  std::vector<std::vector<std::string>> rows;
  for (const RunRecord& run : bench.runs) {
    const LoadReport& report = run.report;
    std::string marks = run.verdict.valid ? "" : "INVALID ";
    if (!run.goals.empty()) marks += Met(run.goals) ? "met" : "not met";
    rows.push_back({run.load.name.empty() ? "run" : run.load.name, marks, ShortName(run.load),
                    absl::StrFormat("%.4g", RowsPerSecond(bench, run)),
                    MsText(report.response.Percentile(50)), MsText(report.response.Percentile(99)),
                    MsText(report.service.Percentile(99)), absl::StrFormat("%d", report.failed)});
  }
  return Section("Runs", HtmlTable({"run", "", "load", "images/s", "p50 ms", "p99 ms",
                                    "service p99", "failed"},
                                   rows, 2));
}

std::string LatencyTable(const BenchRecord& bench, const RunRecord& run) {
  const LoadReport& report = run.report;
  std::vector<std::string> titles = {"ms"};
  for (const double percent : bench.percentiles) titles.push_back(absl::StrFormat("p%g", percent));
  titles.insert(titles.end(), {"max", "mean"});
  std::vector<std::vector<std::string>> rows;
  const auto add = [&](const char* name, const Histogram& histogram) {
    std::vector<std::string> row = {name};
    for (const double percent : bench.percentiles) {
      row.push_back(MsText(histogram.Percentile(percent)));
    }
    row.insert(row.end(), {MsText(histogram.max()), MsText(histogram.mean())});
    rows.push_back(std::move(row));
  };
  add("response", report.response);
  add("service", report.service);
  if (run.load.open_loop) add("send lag", report.lag);
  if (report.failed > 0) add("all attempts", report.attempts);
  return Section("Latency", HtmlTable(titles, rows, 1));
}

std::string ErrorTable(const LoadReport& report) {
  if (report.errors.empty()) return "";
  std::vector<std::vector<std::string>> rows;
  for (const auto& [code, error] : report.errors) {
    rows.push_back({code, absl::StrFormat("%d", error.count), error.first_message});
  }
  return Section("Errors", HtmlTable({"code", "calls", "the first"}, rows, 3));
}

std::string Environment(const BenchRecord& bench) {
  std::vector<std::vector<std::string>> rows = {
      {"command", bench.command},
      {"started", bench.started_at},
      {"server",
       absl::StrFormat("%s %s at %s", bench.server.name, bench.server.version, bench.url)},
      {"model", bench.model + (bench.model_version.empty() ? "" : " " + bench.model_version)},
      {"input", absl::StrFormat("%s, %d rows a call, %d bytes", bench.input, bench.rows_per_call,
                                bench.request_bytes)},
      {"connections", absl::StrFormat("%d", bench.connections)},
      {"seed", absl::StrFormat("%d", bench.seed)},
      {"generator", absl::StrFormat("convoy %s, %.2f cores", bench.tool_version,
                                    bench.answer().report.generator.cores)}};
  for (const auto& [key, value] : bench.host) rows.push_back({key, value});
  for (const auto& [key, value] : bench.labels) rows.push_back({key, value});
  return Section("Environment", HtmlTable({}, rows, 2));
}

// Inside of a script element nothing but its end is special.
std::string EmbeddedJson(const BenchRecord& bench) {
  return absl::StrFormat(
      "<script type=\"application/json\" id=\"report\">%s</script>",
      absl::StrReplaceAll(ToJsonText(bench), {{"</", "<\\/"}, {"<!--", "\\u003c!--"}}));
}

}  // namespace

std::string ToHtml(const BenchRecord& bench) {
  const RunRecord& run = bench.answer();
  std::string body = absl::StrFormat("<h1>%s under load</h1><p class=\"soft\">%s</p>\n",
                                     Escaped(bench.model), Escaped(LongName(run.load)));
  if (bench.search.has_value()) {
    absl::StrAppendFormat(&body, "<p>%s</p>\n", Escaped(bench.search->why_ended));
  }
  body += Verdicts(run) + Cards(bench);
  absl::StrAppendFormat(&body,
                        "<div class=\"figures\">%s%s%s</div><div class=\"figures\">%s</div>\n",
                        RateFigure(bench), PercentileFigure(run), StageFigure(run), Timeline(run));
  if (bench.runs.size() > 1) body += RunsTable(bench);
  body += LatencyTable(bench, run) + ErrorTable(run.report) + Environment(bench);
  return HtmlPage(absl::StrFormat("%s under load", bench.model), body + EmbeddedJson(bench));
}

}  // namespace convoy::client
