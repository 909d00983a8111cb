// Line plots and stacked bars as SVG that a page can hold. Pure; colours come from the page's
// classes s0, s1, ... so that light and dark follow it.
//
//   LinePlot plot{.x = {.label = "calls/s"}, .y = {.label = "ms", .log = true}};
//   plot.series.push_back({"p99", {{100, 3.2}, {200, 8.9}}});
//   std::string svg = ToSvg(plot);
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace convoy::client {

struct Axis {
  std::string label;
  bool log = false;
  // Where the lines of the grid lie and what they say; empty: chosen.
  std::vector<std::pair<double, std::string>> ticks;
  bool from_zero = true;  // of a linear axis
  bool tight = false;     // ends with the values, not with a round number
};

struct Series {
  std::string name;
  std::vector<std::pair<double, double>> points;  // ascending in x, where a line joins them
  // Dots without a line, whatever LinePlot::dots says; what each of them is, shown on hovering.
  bool scatter = false;
  std::vector<std::string> titles;  // as many as points, or none: the values
};

struct LinePlot {
  Axis x, y;
  std::vector<Series> series;
  std::optional<std::pair<double, std::string>> limit;  // a horizontal line and its name
  bool dots = false;                                    // a dot, with its values, at each point
};

std::string ToSvg(const LinePlot& plot);

// One bar a row; its parts have the class of their place.
struct StackedBars {
  std::string unit;
  std::vector<std::string> parts;
  struct Row {
    std::string name;
    std::vector<double> values;  // as many as parts
  };
  std::vector<Row> rows;
};

std::string ToSvg(const StackedBars& bars);

// The names beside their colours, as HTML.
std::string Legend(const std::vector<std::string>& names);

// Round numbers, three to seven of them, that span low..high.
std::vector<double> NiceTicks(double low, double high);

// 1, 2, 5, 10, ... or, over many magnitudes, powers of ten.
std::vector<double> LogTicks(double low, double high);

// For text and attributes of HTML and SVG.
std::string Escaped(std::string_view text);

}  // namespace convoy::client
