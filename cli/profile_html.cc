#include "cli/profile_html.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "cli/amounts.h"
#include "cli/profile_figures.h"
#include "cli/profile_others.h"
#include "cli/profile_sweep.h"
#include "client/bench/html_page.h"
#include "client/bench/svg_plot.h"  // Escaped

namespace convoy::cli {
namespace {

using client::Escaped;
using client::HtmlCard;
using client::HtmlTable;

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

std::string SweepPart(const std::vector<BatchProfile>& profiles) {
  const std::vector<SweepRow> rows = SweepOf(profiles);
  if (rows.size() < 2) return "";
  std::vector<std::vector<std::string>> cells;
  for (const SweepRow& row : rows) cells.push_back(SweepCells(row));
  return absl::StrFormat("<div class=\"figures\">%s</div>\n", SweepFigures(rows)) +
         Section("Batch sizes", HtmlTable(SweepTitles(rows), cells, 0));
}

std::string RoofRow(const ProfileSubject& subject) {
  if (!subject.roof.has_value()) return "not measured on hardware other than this machine's cores";
  return RoofText(*subject.roof);
}

std::string Machine(const ProfileSubject& subject,
                    const std::vector<std::pair<std::string, std::string>>& machine) {
  std::vector<std::vector<std::string>> rows = {
      {"device", absl::StrFormat("%s: %s", subject.device.id, subject.device.name)},
      {"roof", RoofRow(subject)}};
  for (const auto& [name, value] : subject.device.properties) rows.push_back({name, value});
  for (const auto& [name, value] : machine) rows.push_back({"host " + name, value});
  return Section("Machine", HtmlTable({}, rows, 2));
}

}  // namespace

std::string ProfileHtml(const ProfileSubject& subject, const std::vector<BatchProfile>& profiles,
                        const std::vector<std::pair<std::string, std::string>>& machine) {
  const std::string on = absl::StrFormat("Version %d on %s", subject.version, DeviceText(subject));
  std::string body = absl::StrFormat("<h1>%s, layer by layer</h1><p class=\"soft\">%s</p>\n",
                                     Escaped(subject.model), Escaped(on)) +
                     SweepPart(profiles);
  for (const BatchProfile& profile : profiles) body += BatchPart(subject, profile);
  return client::HtmlPage(absl::StrFormat("%s, layer by layer", subject.model),
                          body + Machine(subject, machine), kStyle);
}

}  // namespace convoy::cli
