#include "cli/profile_report.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cli/amounts.h"
#include "cli/profile_others.h"
#include "cli/table.h"

namespace convoy::cli {
namespace {

using compute::StepReport;

std::string Percent(double share) { return absl::StrFormat("%.1f %%", 100 * share); }

std::string Rate(double amount, double milliseconds) {
  if (amount <= 0 || milliseconds <= 0) return "-";
  return absl::StrFormat("%.1f", Giga(amount, milliseconds));
}

std::string LayerTable(const ProfileSubject& subject, const BatchProfile& profile) {
  Table table(
      {"layer", "operator", "output", "device", "kernel", "ms", "min", "p99", "share", "GF/s",
       "GB/s", "of roof"},
      {Align::kLeft, Align::kLeft, Align::kLeft, Align::kLeft, Align::kLeft, Align::kRight,
       Align::kRight, Align::kRight, Align::kRight, Align::kRight, Align::kRight, Align::kRight});
  for (const LayerProfile& layer : profile.layers) {
    const StepReport& step = layer.step;
    const double ms = step.median_ms;
    std::vector<std::string> cells = {step.step, layer.op, layer.outputs, step.device, step.kernel};
    if (profile.layers_timed) {
      cells.push_back(absl::StrFormat("%.3f", ms));
      cells.push_back(absl::StrFormat("%.3f", step.min_ms));
      cells.push_back(absl::StrFormat("%.3f", step.p99_ms));
      cells.push_back(Percent(profile.ShareOf(layer)));
      cells.push_back(Rate(step.cost.flops, ms));
      cells.push_back(Rate(step.cost.bytes, ms));
      if (subject.roof.has_value() && ms > 0) {
        cells.push_back(absl::StrFormat(
            "%.0f %%", 100 * ShareOfRoof(*subject.roof, step.cost.flops, step.cost.bytes, ms)));
      }
    }
    table.AddRow(std::move(cells));
  }
  return table.ToString();
}

constexpr char kExplainNotes[] =
    "least: each input, weight and output once. moved: the tensors that the kernels touch, each "
    "once, with\n"
    "padding and scratch. fp16: the part of it that lies in memory as fp16. flop/byte: FLOPs over "
    "moved.\n"
    "workgroups and threads: of all dispatches of a run.\n";

std::string Explanation(const BatchProfile& profile) {
  Table table({"layer", "kernel", "least", "moved", "x", "fp16", "flop/byte", "workgroups",
               "threads", "why"},
              {Align::kLeft, Align::kLeft, Align::kRight, Align::kRight, Align::kRight,
               Align::kRight, Align::kRight, Align::kRight, Align::kRight, Align::kLeft});
  for (const LayerProfile& layer : profile.layers) {
    const StepReport& step = layer.step;
    const double least = step.cost.bytes;
    const double moved = step.moved_bytes;
    const bool known = moved > 0 && least > 0;
    table.AddRow(
        {step.step, step.kernel, Binary(static_cast<int64_t>(least)),
         known ? Binary(static_cast<int64_t>(moved)) : "-",
         known ? absl::StrFormat("%.2f", moved / least) : "-",
         step.half_bytes > 0 ? absl::StrFormat("%.0f%%", 100 * step.half_bytes / moved) : "-",
         known ? absl::StrFormat("%.1f", step.cost.flops / moved) : "-",
         step.workgroups > 0 ? Grouped(step.workgroups) : "-",
         step.invocations > 0 ? Grouped(step.invocations) : "-", step.why});
  }
  return absl::StrCat(table.ToString(), kExplainNotes, "\n", OthersText(profile));
}

std::string Title(const ProfileSubject& subject, const BatchProfile& profile) {
  return absl::StrFormat("%s version %d on %s, batch %d", Printable(subject.model), subject.version,
                         Printable(DeviceText(subject)), profile.batch);
}

std::string RoofLine(const ProfileSubject& subject) {
  return absl::StrFormat("roof     %s\n",
                         subject.roof.has_value()
                             ? RoofText(*subject.roof)
                             : "not known: what hardware other than this machine's cores reaches "
                               "is not measured");
}

std::string Totals(const ProfileSubject& subject, const BatchProfile& profile) {
  const double ms = profile.median_ms;
  std::string text =
      absl::StrFormat("run      %.3f ms median, %.3f min, %.3f p99 of %d runs: %.1f images/s\n", ms,
                      profile.min_ms, profile.p99_ms, profile.runs, profile.images_per_s());
  if (profile.layers_timed) {
    absl::StrAppendFormat(&text, "layers   %.3f ms in sum, each timed by itself in %d runs\n",
                          profile.layers_ms(), profile.layer_runs);
  } else {
    text += "layers   not timed: the device has no timestamps\n";
  }
  if (std::min(profile.runs, profile.layers_timed ? profile.layer_runs : profile.runs) <
      kFewestForP99) {
    absl::StrAppendFormat(&text, "p99      of fewer than %d runs it is the slowest one\n",
                          kFewestForP99);
  }
  absl::StrAppendFormat(&text, "work     %sFLOP, %s at least: %.1f GF/s, %.1f GB/s",
                        Metric(profile.flops), Binary(static_cast<int64_t>(profile.bytes)),
                        Giga(profile.flops, ms), Giga(profile.bytes, ms));
  if (subject.roof.has_value()) {
    absl::StrAppendFormat(&text, ", %.0f %% and %.0f %% of the roof",
                          100 * ShareOfRoof(*subject.roof, profile.flops, 0, ms),
                          100 * ShareOfRoof(*subject.roof, 0, profile.bytes, ms));
  }
  absl::StrAppend(&text, "\n", RoofLine(subject));
  absl::StrAppendFormat(&text,
                        "memory   arena %s (least possible %s), weights %s, process %s at most\n",
                        Binary(profile.arena_bytes), Binary(profile.arena_peak_bytes),
                        Binary(profile.weight_bytes), Binary(profile.peak_rss_bytes));
  absl::StrAppendFormat(&text, "start    plan %.0f ms, compile %.0f ms, first run %.1f ms\n",
                        profile.plan_ms, profile.compile_ms, profile.first_run_ms);
  return text;
}

}  // namespace

std::string DeviceText(const ProfileSubject& subject) {
  std::string threads;
  if (subject.threads > 0) {
    threads = absl::StrFormat(", %d thread%s", subject.threads, subject.threads == 1 ? "" : "s");
  }
  return absl::StrFormat("%s (%s%s)", subject.device.id, subject.device.name, threads);
}

std::string ProfileText(const ProfileSubject& subject, const BatchProfile& profile, bool explain) {
  return absl::StrCat(Title(subject, profile), "\n\n", LayerTable(subject, profile), "\n",
                      explain ? Explanation(profile) : "", Totals(subject, profile));
}

}  // namespace convoy::cli
