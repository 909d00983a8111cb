// `convoy profile`: how fast a model runs on a device, layer by layer, and what bounds it.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/flags.h"
#include "cli/host_facts.h"
#include "cli/model_choice.h"
#include "cli/profile_html.h"
#include "cli/profile_report.h"
#include "cli/profile_run.h"
#include "cli/profile_sweep.h"
#include "cli/profile_trace.h"
#include "cli/roofline.h"
#include "cli/text_file.h"
#include "compute/base/status.h"
#include "compute/cpu/cpu_facts.h"
#include "compute/runtime/device.h"

namespace convoy::cli {
namespace {

struct ProfileFlags {
  ModelArguments model;
  std::string device = "auto";
  compute::DeviceOptions options;
  std::vector<int64_t> batches = {1};
  double seconds = 1;
  ProfileRequest request;
  bool explain = false;
  bool json = false;
  std::string html;   // where the page goes; empty: nowhere
  std::string trace;  // likewise
};

// Cores that the device computes on; 0 for hardware.
int ThreadsOf(const compute::DeviceFacts& device, const compute::DeviceOptions& options) {
  if (device.kind == compute::DeviceKind::kReference) return 1;
  if (!device.software) return 0;
  return options.threads > 0 ? options.threads : compute::UsableCores(compute::ReadCpuFacts());
}

void Print(const ProfileFlags& flags, const ProfileSubject& subject,
           const std::vector<BatchProfile>& profiles) {
  for (const BatchProfile& profile : profiles) {
    const std::string text =
        flags.json ? ProfileJson(subject, profile) : ProfileText(subject, profile, flags.explain);
    const bool last = flags.json || &profile == &profiles.back();
    std::printf("%s%s", text.c_str(), flags.json ? "\n" : last ? "" : "\n");
  }
  const std::string sweep = flags.json ? "" : SweepText(profiles);
  if (!sweep.empty()) std::printf("\n%s", sweep.c_str());
}

absl::Status Profile(const ProfileFlags& flags) {
  CONVOY_ASSIGN_OR_RETURN(const models::ModelSource source,
                          ChooseSource(flags.model.FromArguments()));
  CONVOY_ASSIGN_OR_RETURN(const models::ModelFiles files, models::ReadModelFiles(source, 1));
  CONVOY_ASSIGN_OR_RETURN(const std::unique_ptr<compute::Device> device,
                          compute::OpenDevice(flags.device, flags.options));
  std::vector<BatchProfile> profiles;
  for (const int64_t batch : flags.batches) {
    ProfileRequest request = flags.request;
    request.plan.batch = batch;
    request.duration = absl::Seconds(flags.seconds);
    CONVOY_ASSIGN_OR_RETURN(BatchProfile profile, ProfileBatch(files, *device, request));
    profiles.push_back(std::move(profile));
  }
  ProfileSubject subject{
      .model = source.name, .version = source.version, .device = device->facts()};
  subject.threads = ThreadsOf(subject.device, flags.options);
  // Last, for its buffers count as memory of the process.
  if (subject.threads > 0) subject.roof = MeasureRoofline(subject.threads);
  Print(flags, subject, profiles);
  if (!flags.html.empty()) {
    CONVOY_RETURN_IF_ERROR(WriteTextFile(flags.html, ProfileHtml(subject, profiles, HostFacts())));
  }
  if (flags.trace.empty()) return absl::OkStatus();
  return WriteTextFile(flags.trace, ProfileTrace(subject, profiles));
}

int RunProfile(const ProfileFlags& flags) {
  const absl::Status status = Profile(flags);
  return status.ok() ? kExitOk : Fail(status);
}

void AddDeviceFlags(CLI::App& command, ProfileFlags& flags) {
  command.add_option("-d,--device", flags.device, "auto, cpu, reference, vulkan[:N]")
      ->capture_default_str();
  command
      .add_option("-t,--threads", flags.options.threads,
                  "Cores that the device may use; 0 means all that the process may run on")
      ->check(CLI::Range(0, 4096))
      ->capture_default_str();
  command.add_flag("--allow-cpu-fallback", flags.options.allow_cpu_fallback,
                   "Layers without a Vulkan kernel run on the CPU, and are listed so");
  AddKernelFlags(command, &flags.options);
  AddPrecisionFlag(command, &flags.options.precision);
}

}  // namespace

void AddProfileCommand(CLI::App& app, std::function<int()>* run) {
  CLI::App* command =
      app.add_subcommand("profile", "Time a model layer by layer on a device of this machine");
  const auto flags = std::make_shared<ProfileFlags>();
  flags->options.explain = true;
  AddModelArguments(*command, &flags->model);
  AddDeviceFlags(*command, *flags);
  command->add_option("-b,--batch", flags->batches, "Rows of the batch; several: 1,8,32")
      ->delimiter(',')
      ->check(CLI::Range(1, 16384))
      ->capture_default_str();
  command
      ->add_option("-s,--seconds", flags->seconds,
                   "Length of each measurement: whole runs, and layer by layer")
      ->check(CLI::Range(0.0, 3600.0))
      ->capture_default_str();
  AddExtentFlag(*command, &flags->request.plan.extent);
  command->add_option("--input", flags->request.input_path,
                      "Bytes of all inputs, one behind the other, for one batch size [random]");
  command->add_option("--output", flags->request.output_path,
                      "Write the bytes of all outputs to this file");
  command->add_flag(
      "--explain", flags->explain,
      "Say why each kernel was chosen and the others not, what it moves and how it is "
      "spread");
  command->add_flag("--json", flags->json, "Print JSON, one object a batch size and line");
  command
      ->add_option("--html", flags->html,
                   "Write a page of its own: roofline, costliest layers, kernels, batch sizes")
      ->type_name("FILE");
  command
      ->add_option("--trace", flags->trace,
                   "Write the layers of the median run for ui.perfetto.dev or chrome://tracing")
      ->type_name("FILE");
  command->footer(
      "Examples:\n"
      "  convoy profile resnet50.onnx --device cpu -b 1,8,32     is the batch worth waiting for?\n"
      "  convoy profile resnet50.onnx --device cpu --threads 1   one core alone\n"
      "  convoy profile unet.onnx --device vulkan --explain      which kernels, why, and their "
      "traffic\n"
      "  convoy profile unet.onnx -b 1,4,16 --html unet.html --trace unet.json\n"
      "  convoy profile unet.onnx --json | jq .images_per_s");
  command->callback([=] {
    if (flags->batches.size() > 1 &&
        !(flags->request.input_path + flags->request.output_path).empty()) {
      throw CLI::ValidationError("--input and --output go with one batch size");
    }
    *run = [=] { return RunProfile(*flags); };
  });
}

}  // namespace convoy::cli
