#include "cli/profile_figures.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

#include "absl/strings/str_format.h"
#include "cli/amounts.h"
#include "client/bench/html_page.h"
#include "client/bench/svg_plot.h"

namespace convoy::cli {
namespace {

using client::HtmlFigure;
using client::LinePlot;
using client::Series;
using client::StackedBars;

constexpr size_t kMostBars = 8;
constexpr size_t kMostNameBytes = 44;  // of a bar: what fits into 390 pixels
constexpr double kCostlyShare = 0.8;   // of the time: what the layers of the first colour take

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

LinePlot SweepPlot(const std::vector<SweepRow>& rows, std::string unit) {
  LinePlot plot{.x = {.label = "batch", .log = true}, .y = {.label = std::move(unit)}};
  for (const SweepRow& row : rows) {
    plot.x.ticks.emplace_back(static_cast<double>(row.batch), absl::StrFormat("%d", row.batch));
  }
  plot.dots = true;
  return plot;
}

}  // namespace

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

std::string SweepFigures(const std::vector<SweepRow>& rows) {
  LinePlot rate = SweepPlot(rows, "images/s");
  LinePlot time = SweepPlot(rows, "ms");
  time.y.log = true;
  rate.series = {{.name = "images/s"}};
  time.series = {{.name = "median"}, {.name = "p99"}};
  for (const SweepRow& row : rows) {
    const auto batch = static_cast<double>(row.batch);
    rate.series[0].points.emplace_back(batch, row.images_per_s);
    time.series[0].points.emplace_back(batch, row.median_ms);
    time.series[1].points.emplace_back(batch, row.p99_ms);
  }
  return HtmlFigure("Images a second by batch size", {}, client::ToSvg(rate),
                    "Of the median run.") +
         HtmlFigure("Time of a run by batch size", {"median", "p99"}, client::ToSvg(time),
                    "What a request waits for at least.");
}

}  // namespace convoy::cli
