#include "server/metrics/open_metrics.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"

namespace convoy::server {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

constexpr std::string_view kTotal = "_total";

// The shortest text that reads back as the same double.
std::string Number(double value) {
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  if (std::isnan(value)) return "NaN";
  for (int digits = 6; digits < std::numeric_limits<double>::max_digits10; ++digits) {
    const std::string text = absl::StrFormat("%.*g", digits, value);
    double back = 0;
    if (absl::SimpleAtod(text, &back) && back == value) return text;
  }
  return absl::StrFormat("%.*g", std::numeric_limits<double>::max_digits10, value);
}

std::string Escape(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\n') {
      escaped += "\\n";
      continue;
    }
    if (c == '"' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

// {a="x",b="y"}; nothing without labels.
std::string LabelText(const ClientMetric& metric, const std::string& bound = "") {
  std::vector<std::string> parts;
  for (const ClientMetric::Label& label : metric.label) {
    parts.push_back(absl::StrFormat("%s=\"%s\"", label.name, Escape(label.value)));
  }
  if (!bound.empty()) parts.push_back(absl::StrFormat("le=\"%s\"", bound));
  if (parts.empty()) return "";
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "{" : ",") + part;
  return text + "}";
}

void AddExemplar(const std::optional<Exemplar>& exemplar, std::string& page) {
  if (!exemplar.has_value()) return;
  absl::StrAppendFormat(&page, " # {trace_id=\"%s\"} %s %.3f", Escape(exemplar->trace_id),
                        Number(exemplar->value),
                        absl::ToDoubleSeconds(exemplar->time - absl::UnixEpoch()));
}

void AddHistogram(const MetricFamily& family, const ClientMetric& metric,
                  const Exemplars& exemplars, std::string& page) {
  Exemplars::Labels labels;
  for (const ClientMetric::Label& label : metric.label) labels[label.name] = label.value;
  for (const ClientMetric::Bucket& bucket : metric.histogram.bucket) {
    absl::StrAppendFormat(&page, "%s_bucket%s %d", family.name,
                          LabelText(metric, Number(bucket.upper_bound)), bucket.cumulative_count);
    AddExemplar(exemplars.Find(family.name, labels, bucket.upper_bound), page);
    page += '\n';
  }
  absl::StrAppendFormat(&page, "%s_count%s %d\n", family.name, LabelText(metric),
                        metric.histogram.sample_count);
  absl::StrAppendFormat(&page, "%s_sum%s %s\n", family.name, LabelText(metric),
                        Number(metric.histogram.sample_sum));
}

std::string_view TypeOf(const MetricFamily& family) {
  switch (family.type) {
    case MetricType::Counter:
      return family.name.ends_with(kTotal) ? "counter" : "unknown";
    case MetricType::Gauge:
      return "gauge";
    case MetricType::Histogram:
      return "histogram";
    default:
      return "unknown";
  }
}

void AddFamily(const MetricFamily& family, const Exemplars& exemplars, std::string& page) {
  const std::string_view type = TypeOf(family);
  // A counter's family goes without the ending that its samples have.
  const size_t ending = type == "counter" ? kTotal.size() : 0;
  const std::string name = family.name.substr(0, family.name.size() - ending);
  absl::StrAppendFormat(&page, "# HELP %s %s\n# TYPE %s %s\n", name, Escape(family.help), name,
                        type);
  for (const ClientMetric& metric : family.metric) {
    if (family.type == MetricType::Histogram) {
      AddHistogram(family, metric, exemplars, page);
      continue;
    }
    const double value =
        family.type == MetricType::Counter ? metric.counter.value : metric.gauge.value;
    absl::StrAppendFormat(&page, "%s%s %s\n", family.name, LabelText(metric), Number(value));
  }
}

std::string Stripped(const std::string& text) {
  return std::string(absl::StripAsciiWhitespace(text));
}

// The quality of an element of an Accept header, "text/plain;version=0.0.4;q=0.5", if its type is
// `type`; else 0.
double QualityOf(const std::string& element, std::string_view type) {
  const std::vector<std::string> parts = absl::StrSplit(element, ';');
  if (Stripped(parts[0]) != type) return 0;
  double quality = 1;
  for (const std::string& part : parts) {
    const std::string text = Stripped(part);
    if (text.starts_with("q=") && !absl::SimpleAtod(text.substr(2), &quality)) return 0;
  }
  return quality;
}

}  // namespace

bool PrefersOpenMetrics(std::string_view accept) {
  const std::vector<std::string> elements = absl::StrSplit(std::string(accept), ',');
  double open = 0, text = 0;
  for (const std::string& element : elements) {
    open = std::max(open, QualityOf(element, "application/openmetrics-text"));
    text = std::max(text, QualityOf(element, "text/plain"));
  }
  return open > 0 && open >= text;
}

std::string RenderOpenMetrics(const std::vector<MetricFamily>& families,
                              const Exemplars& exemplars) {
  std::string page;
  for (const MetricFamily& family : families) AddFamily(family, exemplars, page);
  return page + "# EOF\n";
}

}  // namespace convoy::server
