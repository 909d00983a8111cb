#include "client/bench/svg_plot.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_format.h"

namespace convoy::client {
namespace {

// The drawing is this wide and scales with the page; at 390 px its 13-unit letters stay legible.
constexpr double kWidth = 460;
constexpr double kHeight = 280;
constexpr double kLeft = 54;
constexpr double kRight = 24;
constexpr double kTop = 24;
constexpr double kBottom = 44;

constexpr size_t kMostDots = 80;

std::string TickText(double value) {
  const double size = std::abs(value);
  if (size >= 1e6) return absl::StrFormat("%gM", value / 1e6);
  if (size >= 1e4) return absl::StrFormat("%gk", value / 1e3);
  return absl::StrFormat("%g", value);
}

// One axis: from values to places.
class Scale {
 public:
  Scale(const Axis& axis, double low, double high, double from, double to)
      : log_(axis.log), from_(from), to_(to) {
    if (axis.log) {
      low = low > 0 ? low : 1e-3;
      high = std::max(high, low * 1.5);
      ticks_ = LogTicks(low, high);
    } else {
      if (axis.from_zero) low = std::min(0.0, low);
      if (high <= low) high = low + 1;
      ticks_ = NiceTicks(low, high);
    }
    low_ = std::min(low, ticks_.front());
    high_ = std::max(high, ticks_.back());
    if (axis.tight) Tighten(low, high);
    if (!axis.ticks.empty()) Fix(axis.ticks);
    if (labels_.empty()) {
      for (const double tick : ticks_) labels_.push_back(TickText(tick));
    }
  }

  double At(double value) const {
    const double share = (Flat(value) - Flat(low_)) / (Flat(high_) - Flat(low_));
    return from_ + std::clamp(share, 0.0, 1.0) * (to_ - from_);
  }
  const std::vector<double>& ticks() const { return ticks_; }
  const std::string& label(size_t i) const { return labels_[i]; }

 private:
  // Ends with the values instead of the next round number.
  void Tighten(double low, double high) {
    low_ = low;
    high_ = high;
    std::erase_if(ticks_, [&](double tick) { return tick < low || tick > high * (1 + 1e-9); });
  }
  void Fix(const std::vector<std::pair<double, std::string>>& ticks) {
    ticks_.clear();
    for (const auto& [value, label] : ticks) {
      ticks_.push_back(value);
      labels_.push_back(label);
    }
    low_ = ticks_.front();
    high_ = ticks_.back();
  }
  double Flat(double value) const { return log_ ? std::log10(std::max(value, 1e-12)) : value; }

  bool log_;
  double from_, to_;
  double low_ = 0, high_ = 1;
  std::vector<double> ticks_;
  std::vector<std::string> labels_;
};

struct Range {
  double low = INFINITY;
  double high = -INFINITY;
  void Add(double value, bool log) {
    if (!std::isfinite(value) || (log && value <= 0)) return;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  void Close() {
    if (low > high) low = high = 1;
  }
};

std::pair<Range, Range> Extents(const LinePlot& plot) {
  Range x;
  Range y;
  for (const Series& series : plot.series) {
    for (const auto& [px, py] : series.points) {
      x.Add(px, plot.x.log);
      y.Add(py, plot.y.log);
    }
  }
  if (plot.limit.has_value()) y.Add(plot.limit->first, plot.y.log);
  x.Close();
  y.Close();
  return {x, y};
}

std::string Grid(const LinePlot& plot, const Scale& x, const Scale& y) {
  std::string svg;
  for (size_t i = 0; i < y.ticks().size(); ++i) {
    const double at = y.At(y.ticks()[i]);
    absl::StrAppendFormat(&svg,
                          "<line class=\"grid\" x1=\"%g\" x2=\"%g\" y1=\"%.1f\" y2=\"%.1f\"/>"
                          "<text x=\"%g\" y=\"%.1f\" text-anchor=\"end\">%s</text>",
                          kLeft, kWidth - kRight, at, at, kLeft - 7, at + 4, Escaped(y.label(i)));
  }
  for (size_t i = 0; i < x.ticks().size(); ++i) {
    const double at = x.At(x.ticks()[i]);
    absl::StrAppendFormat(&svg,
                          "<line class=\"grid\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%g\" y2=\"%g\"/>"
                          "<text x=\"%.1f\" y=\"%g\" text-anchor=\"middle\">%s</text>",
                          at, at, kTop, kHeight - kBottom, at, kHeight - kBottom + 17,
                          Escaped(x.label(i)));
  }
  absl::StrAppendFormat(&svg,
                        "<text class=\"axis\" x=\"%g\" y=\"%g\" text-anchor=\"end\">%s</text>"
                        "<text class=\"axis\" x=\"2\" y=\"13\">%s</text>",
                        kWidth - kRight, kHeight - 6, Escaped(plot.x.label), Escaped(plot.y.label));
  return svg;
}

std::string Dots(const Series& series, size_t place, const Scale& x, const Scale& y) {
  std::string svg;
  for (size_t i = 0; i < series.points.size(); ++i) {
    const auto& [px, py] = series.points[i];
    if (!std::isfinite(py)) continue;
    const std::string title = i < series.titles.size()
                                  ? series.titles[i]
                                  : absl::StrFormat("%s: %.4g at %.4g", series.name, py, px);
    absl::StrAppendFormat(
        &svg,
        "<circle class=\"dot s%d\" cx=\"%.1f\" cy=\"%.1f\" r=\"%s\"><title>%s</title></circle>",
        place, x.At(px), y.At(py), series.scatter ? "4.5" : "3.5", Escaped(title));
  }
  return svg;
}

std::string Line(const Series& series, size_t place, bool dots, const Scale& x, const Scale& y) {
  std::string path;
  for (const auto& [px, py] : series.points) {
    if (!std::isfinite(py)) continue;
    absl::StrAppendFormat(&path, "%s%.1f %.1f", path.empty() ? "M" : "L", x.At(px), y.At(py));
  }
  std::string svg = absl::StrFormat("<path class=\"line s%d\" d=\"%s\"/>", place, path);
  if (!dots || series.points.size() > kMostDots) return svg;
  return svg + Dots(series, place, x, y);
}

std::string Open(double height) {
  return absl::StrFormat("<svg viewBox=\"0 0 %g %g\" role=\"img\">", kWidth, height);
}

}  // namespace

std::vector<double> NiceTicks(double low, double high) {
  const double rough = std::max(high - low, 1e-9) / 4;
  const double magnitude = std::pow(10, std::floor(std::log10(rough)));
  double step = 10 * magnitude;
  for (const double factor : {5.0, 2.0, 1.0}) {
    if (factor * magnitude >= rough) step = factor * magnitude;
  }
  std::vector<double> ticks;
  const double first = std::floor(low / step + 1e-9);
  for (double i = first; (i - 1) * step < high * (1 - 1e-9) || ticks.size() < 2; ++i) {
    ticks.push_back(i * step);
  }
  return ticks;
}

std::vector<double> LogTicks(double low, double high) {
  const int first = static_cast<int>(std::floor(std::log10(low) + 1e-9));
  const int last = static_cast<int>(std::ceil(std::log10(high) - 1e-9));
  const bool many = last - first > 2;
  std::vector<double> ticks;
  for (int power = first; power <= last; ++power) {
    for (const double factor : {1.0, 2.0, 5.0}) {
      if (many && factor > 1) break;
      ticks.push_back(factor * std::pow(10, power));
    }
  }
  // Of 1, 2, 5 only what is next to the range.
  while (ticks.size() > 2 && ticks[1] <= low * (1 + 1e-9)) ticks.erase(ticks.begin());
  while (ticks.size() > 2 && ticks[ticks.size() - 2] >= high * (1 - 1e-9)) ticks.pop_back();
  return ticks;
}

std::string Escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

std::string ToSvg(const LinePlot& plot) {
  const auto [x_range, y_range] = Extents(plot);
  const Scale x(plot.x, x_range.low, x_range.high, kLeft, kWidth - kRight);
  const Scale y(plot.y, y_range.low, y_range.high, kHeight - kBottom, kTop);
  std::string svg = Open(kHeight) + Grid(plot, x, y);
  if (plot.limit.has_value()) {
    const double at = y.At(plot.limit->first);
    absl::StrAppendFormat(&svg,
                          "<line class=\"limit\" x1=\"%g\" x2=\"%g\" y1=\"%.1f\" y2=\"%.1f\"/>"
                          "<text class=\"limit\" x=\"%g\" y=\"%.1f\" text-anchor=\"end\">%s</text>",
                          kLeft, kWidth - kRight, at, at, kWidth - kRight - 4, at - 5,
                          Escaped(plot.limit->second));
  }
  for (size_t i = 0; i < plot.series.size(); ++i) {
    const Series& series = plot.series[i];
    svg += series.scatter ? Dots(series, i, x, y) : Line(series, i, plot.dots, x, y);
  }
  return svg + "</svg>";
}

std::string ToSvg(const StackedBars& bars) {
  constexpr double kRow = 54;
  double most = 0;
  for (const StackedBars::Row& row : bars.rows) {
    double sum = 0;
    for (const double value : row.values) sum += value;
    most = std::max(most, sum);
  }
  if (most <= 0) most = 1;
  std::string svg = Open(kRow * static_cast<double>(bars.rows.size()) + 6);
  double top = 0;
  for (const StackedBars::Row& row : bars.rows) {
    double left = 0;
    std::string rects;
    for (size_t i = 0; i < row.values.size(); ++i) {
      const double width = row.values[i] / most * kWidth;
      absl::StrAppendFormat(
          &rects,
          "<rect class=\"bar s%d\" x=\"%.1f\" y=\"%g\" width=\"%.1f\" "
          "height=\"24\"><title>%s</title></rect>",
          i, left, top + 22, width,
          Escaped(absl::StrFormat("%s: %.3g %s", bars.parts[i], row.values[i], bars.unit)));
      left += width;
    }
    absl::StrAppendFormat(&svg, "<text x=\"0\" y=\"%g\">%s: %s %s</text>%s", top + 15,
                          Escaped(row.name), absl::StrFormat("%.3g", left / kWidth * most),
                          Escaped(bars.unit), rects);
    top += kRow;
  }
  return svg + "</svg>";
}

std::string Legend(const std::vector<std::string>& names) {
  std::string html = "<p class=\"legend\">";
  for (size_t i = 0; i < names.size(); ++i) {
    absl::StrAppendFormat(&html, "<span><i class=\"s%d\"></i>%s</span>", i, Escaped(names[i]));
  }
  return html + "</p>";
}

}  // namespace convoy::client
