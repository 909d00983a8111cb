#include "cli/flags.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <map>

#include "absl/strings/str_format.h"
#include "cli/commands.h"
#include "cli/table.h"

namespace convoy::cli {
namespace {

void AddTuneFlag(CLI::App& app, compute::TuneMode* mode) {
  const auto store = [mode](const std::string& text) {
    for (const auto& [name, value] : compute::kTuneModes) {
      if (text != name) continue;
      *mode = value;
      return;
    }
    throw CLI::ValidationError("--tune", absl::StrFormat("'%s' is none of off, auto, timed", text));
  };
  app.add_option_function<std::string>(
         "--tune", store,
         "Who chooses among kernels that suit a layer: rules (off); the tune file, else a trial on "
         "the cpu and rules on Vulkan (auto), or a trial on both (timed) [auto]")
      ->type_name("off|auto|timed")
      ->envname("CONVOY_TUNE");
}

}  // namespace

absl::StatusOr<absl::Duration> ParseDuration(const std::string& text) {
  absl::Duration duration;
  const bool has_unit =
      !text.empty() && text.find_first_not_of("0123456789.+-") != std::string::npos;
  if (!has_unit || !absl::ParseDuration(text, &duration) || duration < absl::ZeroDuration() ||
      duration == absl::InfiniteDuration()) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "'%s' is no length of time; write a number with its unit, for example %s.", text,
        has_unit || text.empty() ? "500ms, 30s or 2m" : text + "s or " + text + "ms"));
  }
  return duration;
}

CLI::Option* AddDurationFlag(CLI::App& app, const std::string& names, absl::Duration* value,
                             const std::string& meaning) {
  const auto store = [value, names](const std::string& text) {
    const absl::StatusOr<absl::Duration> duration = ParseDuration(text);
    if (!duration.ok()) {
      throw CLI::ValidationError(names, std::string(duration.status().message()));
    }
    *value = *duration;
  };
  return app.add_option_function<std::string>(names, store, meaning)
      ->type_name("TIME")
      ->default_str(absl::FormatDuration(*value));
}

void AddExtentFlag(CLI::App& app, int64_t* extent) {
  app.add_option("--extent", *extent,
                 "Extent of every dimension but the batch that the model leaves open")
      ->check(CLI::Range(1, 65536));
}

void AddKernelFlags(CLI::App& app, compute::DeviceOptions* options) {
  app.add_option("--vulkan-kernel", options->vulkan_kernels,
                 "On Vulkan: kernels to use wherever they can, as conv=sm64x64")
      ->type_name("FAMILY=KERNEL,...");
  const std::map<std::string, compute::CpuWinograd> winograd = {
      {"auto", compute::CpuWinograd::kAuto}, {"off", compute::CpuWinograd::kOff}};
  app.add_option("--cpu-winograd", options->cpu_winograd,
                 "On the cpu: Winograd's algorithm where it is faster (auto), or nowhere (off)")
      ->transform(CLI::CheckedTransformer(winograd).description(""))
      ->type_name("auto|off");
  AddTuneFlag(app, &options->tune);
  app.add_flag("--batch-invariant", options->batch_invariant,
               "Answers whose bits do not depend on the batch size: kernels are chosen for one "
               "batch size, and oneDNN runs a row at a time. Slower");
}

CLI::Option* AddPrecisionFlag(CLI::App& app, compute::Precision* precision) {
  const std::map<std::string, compute::Precision> names = {{"fp32", compute::Precision::kFp32},
                                                           {"fp16", compute::Precision::kFp16}};
  return app
      .add_option("--precision", *precision,
                  "On Vulkan: image tensors and weights in memory as fp32 or fp16; sums are fp32")
      ->transform(CLI::CheckedTransformer(names).description(""))
      ->type_name("fp32|fp16");
}

int Fail(const absl::Status& status) {
  std::fprintf(stderr, "convoy: %s\n", Printable(std::string(status.message())).c_str());
  return kExitFailure;
}

}  // namespace convoy::cli
