// `convoy classify`: labels of image files, from a server or, with --repository, without one. With
// --overlay also pictures that show which pixels have which label.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/commands.h"
#include "cli/flags.h"
#include "cli/image_files.h"
#include "cli/local_model.h"
#include "cli/overlay.h"
#include "cli/server_flags.h"
#include "cli/table.h"
#include "client/client.h"
#include "compute/base/status.h"

namespace convoy::cli {
namespace {

using client::Classification;
using client::ClassifyCall;
using client::ImageAnswer;

// Images a call: enough to fill a batch, few enough that one call is no burden for the server.
constexpr size_t kImagesPerCall = 8;

constexpr uint32_t kEveryClass = 256;  // as many as a class map can tell apart

struct ClassifyFlags {
  ServerFlags server;
  std::string repository;
  std::string device = "auto";
  compute::DeviceOptions options;
  std::string model;
  std::string version;
  std::optional<uint32_t> top;
  std::string overlay;  // a folder; empty: no overlays
  absl::Duration timeout = absl::Seconds(60);
  bool json = false;
  std::vector<std::string> images;
};

// Who answers: a server or a model in this process.
using Classifier = std::function<absl::StatusOr<Classification>(const ClassifyCall&)>;

absl::StatusOr<Classifier> RemoteClassifier(const ClassifyFlags& flags) {
  CONVOY_ASSIGN_OR_RETURN(std::shared_ptr<client::Client> client, ConnectTo(flags.server));
  return [client, timeout = flags.timeout](const ClassifyCall& call) {
    return client->Classify(call, {.timeout = timeout});
  };
}

absl::StatusOr<Classifier> LocalClassifier(const ClassifyFlags& flags) {
  CONVOY_ASSIGN_OR_RETURN(
      std::shared_ptr<LocalModel> model,
      LocalModel::Load(
          {{flags.repository, flags.model, flags.version}, flags.device, flags.options}));
  return [model](const ClassifyCall& call) { return model->Classify(call); };
}

absl::StatusOr<Classification> ClassifyAll(const ClassifyFlags& flags, const Classifier& classify,
                                           const std::vector<ImageFile>& files) {
  const bool overlay = !flags.overlay.empty();
  ClassifyCall call{.model = flags.model,
                    .version = flags.version,
                    .top_k = flags.top.value_or(overlay ? kEveryClass : 1),
                    .want_class_map = overlay};
  Classification all;
  for (size_t first = 0; first < files.size(); first += kImagesPerCall) {
    const size_t end = std::min(first + kImagesPerCall, files.size());
    call.images.clear();
    for (size_t i = first; i < end; ++i) call.images.push_back(files[i].bytes);
    CONVOY_ASSIGN_OR_RETURN(Classification part, classify(call));
    all.model = part.model;
    all.version = part.version;
    std::move(part.images.begin(), part.images.end(), std::back_inserter(all.images));
  }
  return all;
}

std::string LabelOf(const client::ClassScore& score) {
  return score.label.empty() ? absl::StrFormat("class %d", score.index) : score.label;
}

// What the command tells: the answers and, where overlays were asked for, one path for each file.
struct Result {
  std::vector<ImageFile> files;
  std::vector<std::string> overlays;
  Classification answer;

  // With overlays the scores are shares of the pixels.
  const char* score_name() const { return overlays.empty() ? "probability" : "share"; }
};

// An overlay that cannot be written fails its image.
void WriteOverlays(Result& result) {
  for (size_t i = 0; i < result.overlays.size(); ++i) {
    ImageAnswer& image = result.answer.images[i];
    if (!image.status.ok()) continue;
    image.status = image.class_map.has_value()
                       ? WriteOverlay(result.overlays[i], result.files[i], *image.class_map)
                       : absl::InternalError("The server sends no class map; it may be older.");
  }
}

void PrintTable(const Result& result) {
  const bool overlays = !result.overlays.empty();
  Table table({"image", "label", result.score_name(), "ms", overlays ? "colour" : ""},
              {Align::kLeft, Align::kLeft, Align::kRight, Align::kRight, Align::kLeft});
  for (size_t i = 0; i < result.files.size(); ++i) {
    const ImageAnswer& image = result.answer.images[i];
    std::string path = result.files[i].path;
    std::string ms = absl::StrFormat("%.1f", absl::ToDoubleMilliseconds(image.total));
    if (!image.status.ok()) {
      table.AddRow({path, "error: " + image.status.ToString(), "", ""});
      continue;
    }
    for (const client::ClassScore& score : image.classes) {
      table.AddRow({std::exchange(path, ""), LabelOf(score),
                    absl::StrFormat("%.4f", score.probability), std::exchange(ms, ""),
                    overlays ? OverlayColor(score.index) : ""});
    }
    if (overlays) table.AddRow({"-> " + result.overlays[i], "", "", ""});
  }
  std::fputs(table.ToString().c_str(), stdout);
}

nlohmann::ordered_json ToJson(const Result& result, size_t i) {
  const ImageAnswer& image = result.answer.images[i];
  nlohmann::ordered_json object;
  object["image"] = result.files[i].path;
  if (!image.status.ok()) {
    object["error"] = {{"code", absl::StatusCodeToString(image.status.code())},
                       {"message", std::string(image.status.message())}};
    return object;
  }
  object["classes"] = nlohmann::ordered_json::array();
  for (const client::ClassScore& score : image.classes) {
    object["classes"].push_back(
        {{"index", score.index}, {"label", score.label}, {result.score_name(), score.probability}});
  }
  if (!result.overlays.empty()) object["overlay"] = result.overlays[i];
  object["batch_size"] = image.batch_size;
  object["times_us"] = {{"decode", absl::ToInt64Microseconds(image.decode)},
                        {"queue", absl::ToInt64Microseconds(image.queue)},
                        {"compute", absl::ToInt64Microseconds(image.compute)},
                        {"total", absl::ToInt64Microseconds(image.total)}};
  return object;
}

void PrintJson(const Result& result) {
  nlohmann::ordered_json object;
  object["model"] = result.answer.model;
  object["version"] = result.answer.version;
  object["results"] = nlohmann::ordered_json::array();
  for (size_t i = 0; i < result.files.size(); ++i) object["results"].push_back(ToJson(result, i));
  std::printf("%s\n", object.dump(2, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
}

absl::StatusOr<int> Classify(const ClassifyFlags& flags) {
  Result result;
  CONVOY_ASSIGN_OR_RETURN(result.files, ReadImageFiles(flags.images));
  if (!flags.overlay.empty()) {
    CONVOY_ASSIGN_OR_RETURN(result.overlays, OverlayPaths(flags.overlay, result.files));
  }
  CONVOY_ASSIGN_OR_RETURN(const Classifier classifier, flags.repository.empty()
                                                           ? RemoteClassifier(flags)
                                                           : LocalClassifier(flags));
  CONVOY_ASSIGN_OR_RETURN(result.answer, ClassifyAll(flags, classifier, result.files));
  WriteOverlays(result);
  flags.json ? PrintJson(result) : PrintTable(result);
  const bool all_good = std::ranges::all_of(
      result.answer.images, [](const ImageAnswer& image) { return image.status.ok(); });
  return all_good ? kExitOk : kExitFailure;
}

void AddFlags(CLI::App& command, ClassifyFlags& flags) {
  AddServerFlags(command, &flags.server);
  command.add_option("-m,--model", flags.model, "Model; may be left out where there is only one");
  command.add_option("-x,--model-version", flags.version, "Version [the highest]");
  command.add_option("-k,--top", flags.top, "Classes an image [1; with --overlay all]")
      ->check(CLI::Range(1, 1000));
  AddDurationFlag(command, "-t,--timeout", &flags.timeout, "Deadline of a call");
  command.add_flag("--json", flags.json, "Print JSON");
  command
      .add_option("-o,--overlay", flags.overlay,
                  "Of a segmentation model: write NAME.overlay.png, the picture tinted by class")
      ->type_name("DIR");
  command.add_option("--repository", flags.repository, "Ask no server: load the model from here")
      ->type_name("DIR");
  command
      .add_option("--device", flags.device, "With --repository: auto, cpu, reference, vulkan[:N]")
      ->capture_default_str();
  AddKernelFlags(command, &flags.options);
  AddPrecisionFlag(command, &flags.options.precision);
  command.add_option("IMAGE", flags.images, "JPEG or PNG files, directories of them, - for stdin")
      ->required();
}

}  // namespace

void AddClassifyCommand(CLI::App& app, std::function<int()>* run) {
  CLI::App* command = app.add_subcommand("classify", "Say what image files show");
  const auto flags = std::make_shared<ClassifyFlags>();
  AddFlags(*command, *flags);
  command->footer(
      "Examples:\n"
      "  convoy classify photo.jpg                              the only model of a local server\n"
      "  convoy classify --url gpu7:8001 -m resnet50 -k 3 photos/\n"
      "  convoy classify --repository models/bundled --device cpu digit.png\n"
      "  convoy classify -m unet --overlay out/ scene.png       which pixels show what");
  command->callback([=] {
    *run = [=] {
      const absl::StatusOr<int> code = Classify(*flags);
      return code.ok() ? *code : Fail(code.status());
    };
  });
}

}  // namespace convoy::cli
