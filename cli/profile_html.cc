#include "cli/profile_html.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_format.h"
#include "cli/amounts.h"
#include "cli/profile_others.h"
#include "cli/profile_sweep.h"
#include "client/bench/html_page.h"
#include "client/bench/svg_plot.h"

namespace convoy::cli {
namespace {

using client::Escaped;
using client::HtmlCard;
using client::HtmlFigure;
using client::HtmlTable;
using client::LinePlot;
using client::Series;
using client::StackedBars;

constexpr size_t kMostBars = 8;
constexpr size_t kMostNameBytes = 44;  // of a bar: what fits into 390 pixels
constexpr double kCostlyShare = 0.8;   // of the time: what the layers of the first colour take

constexpr char kStyle[] = R"(
h2.batch{font-size:19px;margin:26px 0 0}
table.layers .w{white-space:normal;overflow-wrap:anywhere;min-width:8em;width:auto}table.layers td:last-child{white-space:nowrap;width:auto}
table.layers tr.above td{border-bottom:0;padding-bottom:1px}table.layers tr.why td{padding:0 0 7px;white-space:normal}
.n+.w{padding-left:14px}
.why details,.why p{position:sticky;left:0;margin:0;max-width:min(1180px,calc(100vw - 44px));color:var(--soft);font-size:13.5px}
summary{cursor:pointer;overflow-wrap:anywhere}.why ul{margin:3px 0 6px;padding-left:34px}.why li{overflow-wrap:anywhere}.why b{font-weight:600;color:var(--ink)}
)";

std::string Section(std::string_view title, std::string_view html) {
  return absl::StrFormat("<section><h2>%s</h2>%s</section>\n", Escaped(title), html);
}

// Cut between characters of UTF-8.
std::string Shortened(const std::string& name) {
  if (name.size() <= kMostNameBytes) return name;
  size_t end = kMostNameBytes - 1;
  while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xc0U) == 0x80U) --end;
  return name.substr(0, end) + "\u2026";
}

std::vector<const LayerProfile*> ByCost(const BatchProfile& profile) {
  std::vector<const LayerProfile*> layers;
  for (const LayerProfile& layer : profile.layers) layers.push_back(&layer);
  std::ranges::stable_sort(layers, std::greater(),
                           [](const LayerProfile* layer) { return layer->step.median_ms; });
  return layers;
}

// The roof over the intensities low..high, with its corner.
Series RoofSeries(const Roofline& roof, double low, double high) {
  const double flops = roof.flops_per_s * 1e-9;
  const double bytes = roof.bytes_per_s * 1e-9;
  const double corner = flops / bytes;
  Series series{.name = "roof"};
  const auto add = [&](double x) { series.points.emplace_back(x, std::min(flops, bytes * x)); };
  add(std::min(low, corner / 2));
  add(corner);
  add(std::max(high, corner * 2));
  return series;
}

std::string RooflineFigure(const ProfileSubject& subject, const BatchProfile& profile) {
  Series costly{.name = "costliest", .scatter = true};
  Series others{.name = "others", .scatter = true};
  double low = INFINITY, high = 0, share_before = 0;
  for (const LayerProfile* layer : ByCost(profile)) {
    const compute::StepReport& step = layer->step;
    const double share = profile.ShareOf(*layer);
    Series& series = share_before < kCostlyShare ? costly : others;
    share_before += share;
    if (step.cost.flops <= 0 || step.cost.bytes <= 0 || step.median_ms <= 0) continue;
    const double intensity = step.cost.flops / step.cost.bytes;
    const double rate = Giga(step.cost.flops, step.median_ms);
    low = std::min(low, intensity);
    high = std::max(high, intensity);
    series.points.emplace_back(intensity, rate);
    series.titles.push_back(
        absl::StrFormat("%s (%s): %.3g GF/s at %.3g flop/byte, %.1f %% of the time", step.step,
                        step.kernel, rate, intensity, 100 * share));
  }
  if (high <= 0) return "";
  LinePlot plot{.x = {.label = "flop/byte", .log = true}, .y = {.label = "GF/s", .log = true}};
  plot.series = {{.name = "roof"}, costly, others};
  std::string caption =
      "A dot a layer: FLOPs over the bytes it must move at least. What computes nothing is left "
      "out.";
  if (subject.roof.has_value()) {
    plot.series[0] = RoofSeries(*subject.roof, low, high);
    caption += " The roof is measured; Winograd and what stays in caches can pass it.";
  }
  return HtmlFigure("Roofline", {"roof", "layers of 80 % of the time", "other layers"},
                    client::ToSvg(plot), caption);
}

std::string CostFigure(const BatchProfile& profile) {
  StackedBars bars{.unit = "ms", .parts = {"median"}, .rows = {}};
  double share = 0;
  for (const LayerProfile* layer : ByCost(profile)) {
    if (bars.rows.size() == kMostBars || layer->step.median_ms <= 0) break;
    bars.rows.push_back({Shortened(layer->step.step), {layer->step.median_ms}});
    share += profile.ShareOf(*layer);
  }
  return HtmlFigure("Costliest layers", {}, client::ToSvg(bars),
                    absl::StrFormat("Together %.0f %% of the time of all %d layers.", 100 * share,
                                    profile.layers.size()));
}

std::string Rate(double amount, double ms) {
  return amount > 0 && ms > 0 ? absl::StrFormat("%.1f", Giga(amount, ms)) : "\u2013";
}

// Why this kernel, and behind it why no other.
std::string WhyRow(const compute::StepReport& step, size_t columns) {
  if (step.why.empty() && step.others.empty()) return "";
  std::string html = absl::StrFormat("<tr class=\"why\"><td colspan=\"%d\">", columns);
  if (step.others.empty()) {
    return absl::StrFormat("%s<p>%s</p></td></tr>\n", html, Escaped(step.why));
  }
  const size_t count = step.others.size();
  absl::StrAppendFormat(&html, "<details><summary>%s%s%d other kernel%s</summary><ul>",
                        Escaped(step.why), step.why.empty() ? "" : "; ", count,
                        count == 1 ? "" : "s");
  for (const OtherGroup& group : GroupOthers(step.others)) {
    absl::StrAppendFormat(&html, "<li><b>%s</b>: %s</li>", Escaped(group.why),
                          Escaped(Joined(group.kernels)));
  }
  return html + "</ul></details></td></tr>\n";
}

// A cell of the table of layers: its class decides whether it may break and where it stands.
struct Cell {
  const char* kind;  // "w": words that may be long; "n": a number; "": a short word
  std::string text;
};

std::string RowHtml(const std::vector<Cell>& cells, std::string_view tag, std::string_view kind) {
  std::string html = absl::StrFormat("<tr class=\"%s\">", kind);
  for (const Cell& cell : cells) {
    absl::StrAppendFormat(&html, "<%s class=\"%s\">%s</%s>", tag, cell.kind, Escaped(cell.text),
                          tag);
  }
  return html + "</tr>\n";
}

// What a narrow window shows first comes first.
std::vector<Cell> LayerTitles(bool timed) {
  std::vector<Cell> cells = {{"w", "layer"}, {"", "operator"}};
  if (timed) {
    for (const char* title : {"ms", "share", "GF/s", "GB/s", "of roof", "min", "p99"}) {
      cells.push_back({"n", title});
    }
  }
  cells.insert(cells.end(), {{"w", "kernel"}, {"w", "output"}, {"", "device"}});
  return cells;
}

std::vector<Cell> LayerCells(const ProfileSubject& subject, const BatchProfile& profile,
                             const LayerProfile& layer) {
  const compute::StepReport& step = layer.step;
  const double ms = step.median_ms;
  std::vector<Cell> cells = {{"w", step.step}, {"", layer.op}};
  if (profile.layers_timed) {
    std::string of_roof = "\u2013";
    if (subject.roof.has_value() && ms > 0) {
      of_roof = absl::StrFormat(
          "%.0f %%", 100 * ShareOfRoof(*subject.roof, step.cost.flops, step.cost.bytes, ms));
    }
    cells.push_back({"n", absl::StrFormat("%.3f", ms)});
    cells.push_back({"n", absl::StrFormat("%.1f %%", 100 * profile.ShareOf(layer))});
    cells.push_back({"n", Rate(step.cost.flops, ms)});
    cells.push_back({"n", Rate(step.cost.bytes, ms)});
    cells.push_back({"n", std::move(of_roof)});
    cells.push_back({"n", absl::StrFormat("%.3f", step.min_ms)});
    cells.push_back({"n", absl::StrFormat("%.3f", step.p99_ms)});
  }
  cells.insert(cells.end(), {{"w", step.kernel}, {"w", layer.outputs}, {"", step.device}});
  return cells;
}

std::string LayerTable(const ProfileSubject& subject, const BatchProfile& profile) {
  const std::vector<Cell> titles = LayerTitles(profile.layers_timed);
  std::string html = "<div class=\"scroll\"><table class=\"layers\">" + RowHtml(titles, "th", "");
  for (const LayerProfile& layer : profile.layers) {
    const std::string why = WhyRow(layer.step, titles.size());
    html += RowHtml(LayerCells(subject, profile, layer), "td", why.empty() ? "" : "above") + why;
  }
  return Section("Layers", html + "</table></div>");
}

std::string Cards(const ProfileSubject& subject, const BatchProfile& profile) {
  const double ms = profile.median_ms;
  std::string html = "<div class=\"cards\">" +
                     HtmlCard(absl::StrFormat("%.3f ms", ms), "median run") +
                     HtmlCard(absl::StrFormat("%.3f ms", profile.min_ms), "fastest") +
                     HtmlCard(absl::StrFormat("%.3f ms", profile.p99_ms),
                              absl::StrFormat("p99 of %d runs", profile.runs)) +
                     HtmlCard(absl::StrFormat("%.1f", profile.images_per_s()), "images/s") +
                     HtmlCard(absl::StrFormat("%.1f", Giga(profile.flops, ms)), "GF/s");
  if (subject.roof.has_value()) {
    html += HtmlCard(absl::StrFormat("%.0f %%", 100 * ShareOfRoof(*subject.roof, profile.flops,
                                                                  profile.bytes, ms)),
                     "of the roof");
  }
  return html + HtmlCard(Binary(profile.arena_bytes), "arena") +
         HtmlCard(Binary(profile.weight_bytes), "weights") + "</div>\n";
}

std::string TimesNote(const BatchProfile& profile) {
  if (!profile.layers_timed) {
    return "<p class=\"soft\">Layers are not timed: the device has no timestamps.</p>\n";
  }
  std::string note = absl::StrFormat(
      "Layers are timed each by itself, in %d runs: %.3f ms in sum of their medians.",
      profile.layer_runs, profile.layers_ms());
  if (std::min(profile.runs, profile.layer_runs) < kFewestForP99) {
    absl::StrAppendFormat(&note, " The p99 of fewer than %d runs is the slowest one.",
                          kFewestForP99);
  }
  return absl::StrFormat("<p class=\"soft\">%s</p>\n", note);
}

std::string BatchPart(const ProfileSubject& subject, const BatchProfile& profile) {
  std::string html = absl::StrFormat("<h2 class=\"batch\">Batch of %d</h2>\n", profile.batch);
  html += Cards(subject, profile) + TimesNote(profile);
  if (profile.layers_timed) {
    html += absl::StrFormat("<div class=\"figures\">%s%s</div>\n", RooflineFigure(subject, profile),
                            CostFigure(profile));
  }
  return html + LayerTable(subject, profile);
}

LinePlot SweepPlot(const std::vector<SweepRow>& rows, std::string unit) {
  LinePlot plot{.x = {.label = "batch", .log = true}, .y = {.label = std::move(unit)}};
  for (const SweepRow& row : rows) {
    plot.x.ticks.emplace_back(static_cast<double>(row.batch), absl::StrFormat("%d", row.batch));
  }
  plot.dots = true;
  return plot;
}

std::string SweepPart(const std::vector<BatchProfile>& profiles) {
  const std::vector<SweepRow> rows = SweepOf(profiles);
  if (rows.size() < 2) return "";
  LinePlot rate = SweepPlot(rows, "images/s");
  LinePlot time = SweepPlot(rows, "ms");
  time.y.log = true;
  rate.series = {{.name = "images/s"}};
  time.series = {{.name = "median"}, {.name = "p99"}};
  std::vector<std::vector<std::string>> cells;
  for (const SweepRow& row : rows) {
    const auto batch = static_cast<double>(row.batch);
    rate.series[0].points.emplace_back(batch, row.images_per_s);
    time.series[0].points.emplace_back(batch, row.median_ms);
    time.series[1].points.emplace_back(batch, row.p99_ms);
    cells.push_back(SweepCells(row));
  }
  return absl::StrFormat("<div class=\"figures\">%s%s</div>\n",
                         HtmlFigure("Images a second by batch size", {}, client::ToSvg(rate),
                                    "Of the median run."),
                         HtmlFigure("Time of a run by batch size", {"median", "p99"},
                                    client::ToSvg(time), "What a request waits for at least.")) +
         Section("Batch sizes", HtmlTable(SweepTitles(rows), cells, 0));
}

std::string RoofText(const ProfileSubject& subject) {
  if (!subject.roof.has_value()) return "not measured on hardware other than this machine's cores";
  return absl::StrFormat("%.0f GF/s of multiply-adds (%s), %.1f GB/s of copying, on %d thread%s",
                         subject.roof->flops_per_s * 1e-9, subject.roof->instructions,
                         subject.roof->bytes_per_s * 1e-9, subject.roof->threads,
                         subject.roof->threads == 1 ? "" : "s");
}

std::string Machine(const ProfileSubject& subject,
                    const std::vector<std::pair<std::string, std::string>>& machine) {
  std::vector<std::vector<std::string>> rows = {
      {"device", absl::StrFormat("%s: %s", subject.device.id, subject.device.name)},
      {"roof", RoofText(subject)}};
  for (const auto& [name, value] : subject.device.properties) rows.push_back({name, value});
  for (const auto& [name, value] : machine) rows.push_back({"host " + name, value});
  return Section("Machine", HtmlTable({}, rows, 2));
}

}  // namespace

std::string ProfileHtml(const ProfileSubject& subject, const std::vector<BatchProfile>& profiles,
                        const std::vector<std::pair<std::string, std::string>>& machine) {
  std::string on = absl::StrFormat("Version %d on %s (%s", subject.version, subject.device.id,
                                   subject.device.name);
  if (subject.threads > 0) {
    absl::StrAppendFormat(&on, ", %d thread%s", subject.threads, subject.threads == 1 ? "" : "s");
  }
  std::string body = absl::StrFormat("<h1>%s, layer by layer</h1><p class=\"soft\">%s)</p>\n",
                                     Escaped(subject.model), Escaped(on)) +
                     SweepPart(profiles);
  for (const BatchProfile& profile : profiles) body += BatchPart(subject, profile);
  return client::HtmlPage(absl::StrFormat("%s, layer by layer", subject.model),
                          body + Machine(subject, machine), kStyle);
}

}  // namespace convoy::cli
