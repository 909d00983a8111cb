// `convoy classify`: labels of image files, from a server or, with --repository, without one.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "cli/commands.h"
#include "cli/flags.h"
#include "cli/image_files.h"
#include "cli/local_model.h"
#include "cli/table.h"
#include "client/client.h"
#include "compute/base/status.h"

namespace convoy::cli {
namespace {

using client::Classification;
using client::ImageAnswer;

// Images a call: enough to fill a batch, few enough that one call is no burden for the server.
constexpr size_t kImagesPerCall = 8;

struct ClassifyFlags {
  std::string url;
  std::string repository;
  std::string device = "auto";
  std::string model;
  std::string version;
  uint32_t top = 1;
  absl::Duration timeout = absl::Seconds(60);
  bool json = false;
  std::vector<std::string> images;
};

// Who answers: a server or a model in this process.
using Classifier =
    std::function<absl::StatusOr<Classification>(const std::vector<std::string>& images)>;

absl::StatusOr<Classifier> RemoteClassifier(const ClassifyFlags& flags) {
  CONVOY_ASSIGN_OR_RETURN(std::shared_ptr<client::Client> client,
                          client::Client::Connect(flags.url, {}));
  return [client, flags](const std::vector<std::string>& images) {
    return client->Classify({flags.model, flags.version, images, flags.top},
                            {.timeout = flags.timeout});
  };
}

absl::StatusOr<Classifier> LocalClassifier(const ClassifyFlags& flags) {
  CONVOY_ASSIGN_OR_RETURN(
      std::shared_ptr<LocalModel> model,
      LocalModel::Load({flags.repository, flags.model, flags.version, flags.device}));
  return [model, top = flags.top](const std::vector<std::string>& images) {
    return model->Classify(images, top);
  };
}

absl::StatusOr<Classification> ClassifyAll(const Classifier& classify,
                                           const std::vector<ImageFile>& files) {
  Classification all;
  for (size_t first = 0; first < files.size(); first += kImagesPerCall) {
    const size_t end = std::min(first + kImagesPerCall, files.size());
    std::vector<std::string> images;
    for (size_t i = first; i < end; ++i) images.push_back(files[i].bytes);
    CONVOY_ASSIGN_OR_RETURN(Classification part, classify(images));
    all.model = part.model;
    all.version = part.version;
    std::move(part.images.begin(), part.images.end(), std::back_inserter(all.images));
  }
  return all;
}

std::string LabelOf(const client::ClassScore& score) {
  return score.label.empty() ? absl::StrFormat("class %d", score.index) : score.label;
}

void PrintTable(const std::vector<ImageFile>& files, const Classification& answer) {
  Table table({"image", "label", "probability", "ms"},
              {Align::kLeft, Align::kLeft, Align::kRight, Align::kRight});
  for (size_t i = 0; i < files.size(); ++i) {
    const ImageAnswer& image = answer.images[i];
    std::string path = files[i].path;
    std::string ms = absl::StrFormat("%.1f", absl::ToDoubleMilliseconds(image.total));
    if (!image.status.ok()) table.AddRow({path, "error: " + image.status.ToString(), "", ""});
    for (const client::ClassScore& score : image.classes) {
      table.AddRow({std::exchange(path, ""), LabelOf(score),
                    absl::StrFormat("%.4f", score.probability), std::exchange(ms, "")});
    }
  }
  std::fputs(table.ToString().c_str(), stdout);
}

nlohmann::ordered_json ToJson(const ImageFile& file, const ImageAnswer& image) {
  nlohmann::ordered_json object;
  object["image"] = file.path;
  if (!image.status.ok()) {
    object["error"] = {{"code", absl::StatusCodeToString(image.status.code())},
                       {"message", std::string(image.status.message())}};
    return object;
  }
  object["classes"] = nlohmann::ordered_json::array();
  for (const client::ClassScore& score : image.classes) {
    object["classes"].push_back(
        {{"index", score.index}, {"label", score.label}, {"probability", score.probability}});
  }
  object["batch_size"] = image.batch_size;
  object["times_us"] = {{"decode", absl::ToInt64Microseconds(image.decode)},
                        {"queue", absl::ToInt64Microseconds(image.queue)},
                        {"compute", absl::ToInt64Microseconds(image.compute)},
                        {"total", absl::ToInt64Microseconds(image.total)}};
  return object;
}

void PrintJson(const std::vector<ImageFile>& files, const Classification& answer) {
  nlohmann::ordered_json object;
  object["model"] = answer.model;
  object["version"] = answer.version;
  object["results"] = nlohmann::ordered_json::array();
  for (size_t i = 0; i < files.size(); ++i) {
    object["results"].push_back(ToJson(files[i], answer.images[i]));
  }
  std::printf("%s\n", object.dump(2, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
}

absl::StatusOr<int> Classify(const ClassifyFlags& flags) {
  CONVOY_ASSIGN_OR_RETURN(const std::vector<ImageFile> files, ReadImageFiles(flags.images));
  CONVOY_ASSIGN_OR_RETURN(const Classifier classifier, flags.repository.empty()
                                                           ? RemoteClassifier(flags)
                                                           : LocalClassifier(flags));
  CONVOY_ASSIGN_OR_RETURN(const Classification answer, ClassifyAll(classifier, files));
  flags.json ? PrintJson(files, answer) : PrintTable(files, answer);
  const bool all_good = std::all_of(answer.images.begin(), answer.images.end(),
                                    [](const ImageAnswer& image) { return image.status.ok(); });
  return all_good ? kExitOk : kExitFailure;
}

void AddFlags(CLI::App& command, ClassifyFlags& flags) {
  AddUrlFlag(command, &flags.url);
  command.add_option("-m,--model", flags.model, "Model; may be left out where there is only one");
  command.add_option("-x,--model-version", flags.version, "Version [the highest]");
  command.add_option("-k,--top", flags.top, "Classes an image")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  AddDurationFlag(command, "-t,--timeout", &flags.timeout, "Deadline of a call");
  command.add_flag("--json", flags.json, "Print JSON");
  command.add_option("--repository", flags.repository, "Ask no server: load the model from here")
      ->type_name("DIR");
  command
      .add_option("--device", flags.device, "With --repository: auto, cpu, reference, vulkan[:N]")
      ->capture_default_str();
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
      "  convoy classify --repository models/bundled --device cpu digit.png");
  command->callback([=] {
    *run = [=] {
      const absl::StatusOr<int> code = Classify(*flags);
      return code.ok() ? *code : Fail(code.status());
    };
  });
}

}  // namespace convoy::cli
