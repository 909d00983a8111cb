// `convoy verify`: how far a device's answers are from the reference, layer by layer.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/flags.h"
#include "cli/image_files.h"
#include "cli/model_choice.h"
#include "cli/table.h"
#include "compute/base/status.h"
#include "compute/runtime/device.h"
#include "compute/runtime/layer_errors.h"
#include "models/image/image_input.h"
#include "models/inspect/model_plan.h"
#include "models/inspect/random_inputs.h"
#include "server/rpc/image_classes.h"

namespace convoy::cli {
namespace {

using compute::LayerError;

// Errors of FP32 sums add up from layer to layer; docs/testing.md has the bound of a whole network.
constexpr double kDefaultTolerance = 1e-4;
// With --precision fp16 every layer rounds once more, to 11 bits (docs/decisions/0008).
constexpr double kFp16Tolerance = 1e-2;

struct VerifyFlags {
  ModelArguments model;
  models::PlanRequest request;
  std::string device = "auto";
  compute::DeviceOptions options;
  std::optional<double> given_tolerance;
  double tolerance() const {
    const bool halves = options.precision == compute::Precision::kFp16;
    return given_tolerance.value_or(halves ? kFp16Tolerance : kDefaultTolerance);
  }
  std::string image;
  uint64_t seed = 1;
  bool json = false;
};

struct Verification {
  models::ModelSource source;
  std::string device;  // as facts().id
  std::vector<LayerError> layers;
};

// The picture as every row of the input.
absl::StatusOr<std::vector<compute::HostTensor>> ImageInputs(const models::ModelFiles& files,
                                                             const compute::Plan& plan,
                                                             const std::string& path) {
  CONVOY_ASSIGN_OR_RETURN(const ImageFile file, ReadImageFile(path));
  CONVOY_ASSIGN_OR_RETURN(const compute::TensorSpec one, server::ImageInputSpec(files.spec));
  compute::HostTensor picture(one);
  CONVOY_RETURN_IF_ERROR(
      models::DecodeToInput(std::as_bytes(std::span(file.bytes.data(), file.bytes.size())),
                            *files.spec.image, picture.mutable_data<float>()));
  std::vector<compute::HostTensor> inputs;
  inputs.emplace_back(plan.values[plan.inputs[0]].spec);
  std::span<std::byte> rows = inputs[0].bytes();
  const size_t row = picture.bytes().size();
  if (rows.size() % row != 0) {
    return absl::InvalidArgumentError(
        absl::StrFormat("'%s' makes a picture of %s, but the input is %s; leave --extent away",
                        path, one.ToString(), inputs[0].spec().ToString()));
  }
  for (; !rows.empty(); rows = rows.subspan(row)) {
    std::memcpy(rows.data(), picture.bytes().data(), row);
  }
  return inputs;
}

constexpr char kClearLine[] = "\r\x1b[K";

// A line on a terminal, which the next takes the place of. Elsewhere nothing.
absl::StatusOr<std::vector<LayerError>> CompareShowingProgress(
    const compute::Plan& plan, compute::Device& device, compute::Device& reference,
    std::span<const compute::HostTensor> inputs) {
  compute::LayerErrorOptions options;
  const bool terminal = isatty(STDERR_FILENO) != 0;
  if (terminal) {
    options.progress = [](size_t done, size_t steps) {
      std::fprintf(stderr, "%s%zu of %zu steps compared with the reference", kClearLine, done,
                   steps);
    };
  }
  auto layers = CompareLayers(plan, device, reference, inputs, options);
  if (terminal) std::fputs(kClearLine, stderr);
  return layers;
}

absl::StatusOr<Verification> Verify(const VerifyFlags& flags) {
  Verification result;
  CONVOY_ASSIGN_OR_RETURN(result.source, ChooseSource(flags.model.FromArguments()));
  CONVOY_ASSIGN_OR_RETURN(const models::ModelFiles files, models::ReadModelFiles(result.source, 1));
  CONVOY_ASSIGN_OR_RETURN(const compute::Plan plan, models::PlanModel(files, flags.request));
  std::vector<compute::HostTensor> inputs = models::RandomInputs(plan, flags.seed);
  if (!flags.image.empty()) {
    CONVOY_ASSIGN_OR_RETURN(inputs, ImageInputs(files, plan, flags.image));
  }
  CONVOY_ASSIGN_OR_RETURN(const std::unique_ptr<compute::Device> device,
                          compute::OpenDevice(flags.device, flags.options));
  CONVOY_ASSIGN_OR_RETURN(const std::unique_ptr<compute::Device> reference,
                          compute::OpenDevice("reference", {}));
  result.device = device->facts().id;
  CONVOY_ASSIGN_OR_RETURN(result.layers, CompareShowingProgress(plan, *device, *reference, inputs));
  return result;
}

bool Within(const LayerError& layer, const VerifyFlags& flags) {
  return layer.relative <= flags.tolerance();
}

const LayerError* FirstBeyond(const Verification& result, const VerifyFlags& flags) {
  for (const LayerError& layer : result.layers) {
    if (!Within(layer, flags)) return &layer;
  }
  return nullptr;
}

void PrintText(const Verification& result, const VerifyFlags& flags) {
  Table table({"layer", "operator", "kernel", "output", "max error", "of", "relative", ""},
              {Align::kLeft, Align::kLeft, Align::kLeft, Align::kLeft, Align::kRight, Align::kRight,
               Align::kRight, Align::kLeft});
  double worst = 0;
  for (const LayerError& layer : result.layers) {
    worst = std::max(worst, layer.relative);
    table.AddRow({layer.step, layer.op, layer.kernel, layer.spec.ToString(),
                  absl::StrFormat("%.2e", layer.max_abs), absl::StrFormat("%.3g", layer.largest),
                  absl::StrFormat("%.2e", layer.relative), Within(layer, flags) ? "" : "BEYOND"});
  }
  std::printf("%s\n", table.ToString().c_str());
  if (const LayerError* first = FirstBeyond(result, flags); first != nullptr) {
    std::printf("FAILED: %s on %s leaves the bound of %.1e at layer '%s' (%s by kernel %s): %.2e\n",
                Printable(result.source.name).c_str(), result.device.c_str(), flags.tolerance(),
                Printable(first->step).c_str(), first->op.c_str(), first->kernel.c_str(),
                first->relative);
  } else {
    std::printf(
        "passed: %s on %s agrees with the reference in all %d layers within %.1e; worst %.2e\n",
        Printable(result.source.name).c_str(), result.device.c_str(),
        static_cast<int>(result.layers.size()), flags.tolerance(), worst);
  }
}

// JSON knows no infinity: such an error is null.
nlohmann::ordered_json Number(double value) {
  return std::isfinite(value) ? nlohmann::ordered_json(value) : nlohmann::ordered_json();
}

void PrintJson(const Verification& result, const VerifyFlags& flags) {
  nlohmann::ordered_json object;
  object["model"] = result.source.name;
  object["version"] = result.source.version;
  object["device"] = result.device;
  object["batch"] = flags.request.batch;
  object["tolerance"] = flags.tolerance();
  const LayerError* first = FirstBeyond(result, flags);
  object["passed"] = first == nullptr;
  object["first_beyond"] =
      first == nullptr ? nlohmann::ordered_json() : nlohmann::ordered_json(first->step);
  object["layers"] = nlohmann::ordered_json::array();
  for (const LayerError& layer : result.layers) {
    object["layers"].push_back({{"name", layer.step},
                                {"operator", layer.op},
                                {"kernel", layer.kernel},
                                {"output", layer.spec.ToString()},
                                {"max_abs", Number(layer.max_abs)},
                                {"largest", layer.largest},
                                {"relative", Number(layer.relative)},
                                {"within", Within(layer, flags)}});
  }
  std::printf("%s\n", object.dump(2, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
}

int RunVerify(const VerifyFlags& flags) {
  const absl::StatusOr<Verification> result = Verify(flags);
  if (!result.ok()) return Fail(result.status());
  flags.json ? PrintJson(*result, flags) : PrintText(*result, flags);
  return FirstBeyond(*result, flags) == nullptr ? kExitOk : kExitFailure;
}

void AddFlags(CLI::App& command, VerifyFlags& flags) {
  AddModelArguments(command, &flags.model);
  command.add_option("--device", flags.device, "auto, cpu, reference, vulkan[:N]")
      ->capture_default_str();
  AddKernelFlags(command, &flags.options);
  AddPrecisionFlag(command, &flags.options.precision);
  command.add_option("-b,--batch", flags.request.batch, "Rows of the batch")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  AddExtentFlag(command, &flags.request.extent);
  command
      .add_option("--tolerance", flags.given_tolerance,
                  "Largest error allowed, as a part of the layer's largest value")
      ->check(CLI::Range(0.0, 1.0))
      ->default_str(
          absl::StrFormat("%g, with --precision fp16 %g", kDefaultTolerance, kFp16Tolerance));
  CLI::Option* image = command.add_option("--image", flags.image, "Run on this JPEG or PNG file");
  command.add_option("--seed", flags.seed, "Run on random values of this seed")
      ->excludes(image)
      ->capture_default_str();
  command.add_flag("--raw", flags.request.raw, "The graph as imported, before the passes");
  command.add_flag("--json", flags.json, "Print JSON");
}

}  // namespace

void AddVerifyCommand(CLI::App& app, std::function<int()>* run) {
  CLI::App* command =
      app.add_subcommand("verify", "Compare a device with the reference, layer by layer");
  const auto flags = std::make_shared<VerifyFlags>();
  AddFlags(*command, *flags);
  command->footer(
      "Examples:\n"
      "  convoy verify resnet50.onnx --device vulkan         random values, batch 1\n"
      "  convoy verify --repository models lenet5 --image 3.png -b 8\n"
      "  convoy verify unet.onnx --device vulkan --precision fp16\n"
      "Exit code 1 when a layer is further from the reference than --tolerance.");
  command->callback([=] { *run = [=] { return RunVerify(*flags); }; });
}

}  // namespace convoy::cli
