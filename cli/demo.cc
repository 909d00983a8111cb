// `convoy demo`: serves the bundled network in a process of its own, asks it from concurrent
// clients, on Vulkan and then on the CPU, and compares the two. What `make run` shows.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <barrier>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "cli/commands.h"
#include "cli/flags.h"
#include "cli/image_files.h"
#include "cli/serve_child.h"
#include "cli/table.h"
#include "client/client.h"
#include "compute/base/status.h"

namespace convoy::cli {
namespace {

using client::Client;
using client::ImageAnswer;

constexpr uint32_t kClasses = 10;

struct DemoFlags {
  std::string repository = "models/bundled";
  std::string model = "lenet5";
  std::vector<std::string> devices = {"vulkan", "cpu"};
  int rounds = 20;
};

struct Sample {
  ImageFile image;
  std::string expected;  // the label that it should get
};

// All answers to one sample, one a round.
using Answers = std::vector<ImageAnswer>;

// The file samples/labels.txt of a bundled model: "digit_3.png 3", one sample a line.
absl::StatusOr<std::vector<Sample>> ReadSamples(const DemoFlags& flags) {
  const std::string folder = flags.repository + "/" + flags.model + "/samples/";
  std::ifstream list(folder + "labels.txt");
  std::vector<Sample> samples;
  std::string name;
  std::string label;
  while (list >> name >> label) {
    CONVOY_ASSIGN_OR_RETURN(ImageFile image, ReadImageFile(folder + name));
    image.path = name;
    samples.push_back({std::move(image), label});
  }
  if (samples.empty()) {
    return absl::NotFoundError(absl::StrFormat(
        "'%slabels.txt' lists no sample; run this from the top of the repository.", folder));
  }
  return samples;
}

// Sends one sample `rounds` times. The barrier lets all clients of a round go at once, so that
// their images meet in the server's queue.
absl::Status AskRounds(Client& client, const DemoFlags& flags, const Sample& sample,
                       std::barrier<>& round_start, Answers& answers) {
  const client::ClassifyCall call{flags.model, "", {sample.image.bytes}, kClasses};
  absl::Status status;
  for (int round = 0; round < flags.rounds; ++round) {
    round_start.arrive_and_wait();
    if (!status.ok()) continue;  // the others still count on this thread at the barrier
    auto answer = client.Classify(call, {});
    status = answer.ok() ? answer->images[0].status : answer.status();
    if (status.ok()) answers.push_back(std::move(answer->images[0]));
  }
  return compute::WithContext(status, "while classifying " + sample.image.path);
}

// One client and one thread a sample.
absl::StatusOr<std::vector<Answers>> AskAll(const std::string& url, const DemoFlags& flags,
                                            const std::vector<Sample>& samples) {
  std::vector<std::unique_ptr<Client>> clients;
  for (size_t i = 0; i < samples.size(); ++i) {
    CONVOY_ASSIGN_OR_RETURN(std::unique_ptr<Client> client, Client::Connect(url, {}));
    clients.push_back(std::move(client));
  }
  std::vector<Answers> answers(samples.size());
  std::vector<absl::Status> statuses(samples.size());
  std::barrier<> round_start(static_cast<std::ptrdiff_t>(samples.size()));
  std::vector<std::thread> threads;
  for (size_t i = 0; i < samples.size(); ++i) {
    threads.emplace_back([&, i] {
      statuses[i] = AskRounds(*clients[i], flags, samples[i], round_start, answers[i]);
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const absl::Status& status : statuses) CONVOY_RETURN_IF_ERROR(status);
  return answers;
}

// The answer that shared its batch with the most others.
const ImageAnswer& InLargestBatch(const Answers& answers) {
  return *std::max_element(
      answers.begin(), answers.end(),
      [](const ImageAnswer& a, const ImageAnswer& b) { return a.batch_size < b.batch_size; });
}

std::string LabelOf(const client::ClassScore& score) {
  return score.label.empty() ? std::to_string(score.index) : score.label;
}

// Answers of all rounds whose best class is not the expected one.
int64_t CountWrong(const std::vector<Sample>& samples, const std::vector<Answers>& answers) {
  int64_t wrong = 0;
  for (size_t i = 0; i < samples.size(); ++i) {
    wrong += std::count_if(answers[i].begin(), answers[i].end(), [&](const ImageAnswer& answer) {
      return answer.classes.empty() || LabelOf(answer.classes[0]) != samples[i].expected;
    });
  }
  return wrong;
}

void PrintAnswers(const std::vector<Sample>& samples, const std::vector<Answers>& answers) {
  Table table(
      {"image", "label", "probability", "expected", "batch", "ms"},
      {Align::kLeft, Align::kLeft, Align::kRight, Align::kLeft, Align::kRight, Align::kRight});
  std::map<uint32_t, int> rides;
  for (size_t i = 0; i < samples.size(); ++i) {
    for (const ImageAnswer& answer : answers[i]) ++rides[answer.batch_size];
    const ImageAnswer& shown = InLargestBatch(answers[i]);
    table.AddRow({samples[i].image.path, LabelOf(shown.classes[0]),
                  absl::StrFormat("%.6f", shown.classes[0].probability), samples[i].expected,
                  std::to_string(shown.batch_size),
                  absl::StrFormat("%.2f", absl::ToDoubleMilliseconds(shown.total))});
  }
  std::printf("%s", table.ToString().c_str());
  std::string line;
  for (const auto& [size, count] : rides) {
    line += absl::StrFormat("%s%d in batches of %d", line.empty() ? "" : ", ", count, size);
  }
  std::printf("images: %s\n\n", line.c_str());
  std::fflush(stdout);  // before the server's last words
}

// Probabilities of one answer by class index.
std::map<uint32_t, float> ByIndex(const ImageAnswer& answer) {
  std::map<uint32_t, float> probabilities;
  for (const client::ClassScore& score : answer.classes) {
    probabilities[score.index] = score.probability;
  }
  return probabilities;
}

double LargestDifference(const std::vector<Answers>& first, const std::vector<Answers>& second) {
  double largest = 0;
  for (size_t i = 0; i < first.size(); ++i) {
    const std::map<uint32_t, float> base = ByIndex(first[i].front());
    for (const std::vector<Answers>* all : {&first, &second}) {
      for (const ImageAnswer& answer : (*all)[i]) {
        for (const auto& [index, probability] : ByIndex(answer)) {
          const auto other = base.find(index);
          const double there = other == base.end() ? 0 : other->second;
          largest = std::max(largest, std::abs(probability - there));
        }
      }
    }
  }
  return largest;
}

absl::StatusOr<std::vector<Answers>> ShowDevice(const DemoFlags& flags, const std::string& device,
                                                const std::vector<Sample>& samples) {
  std::printf("== %s ==\n", device.c_str());
  std::fflush(stdout);
  auto started = ServeChild::Start(
      {"--device", device, "--model-repository=" + flags.repository + "/" + flags.model});
  if (!started.ok()) {
    return compute::WithContext(started.status(), absl::StrFormat("on device '%s'", device));
  }
  const std::unique_ptr<ServeChild> server = *std::move(started);
  CONVOY_ASSIGN_OR_RETURN(std::vector<Answers> answers, AskAll(server->url(), flags, samples));
  PrintAnswers(samples, answers);
  CONVOY_RETURN_IF_ERROR(server->Stop());
  return answers;
}

absl::Status Demo(const DemoFlags& flags) {
  CONVOY_ASSIGN_OR_RETURN(const std::vector<Sample> samples, ReadSamples(flags));
  std::vector<std::vector<Answers>> all;
  int64_t wrong = 0;
  for (const std::string& device : flags.devices) {
    CONVOY_ASSIGN_OR_RETURN(std::vector<Answers> answers, ShowDevice(flags, device, samples));
    wrong += CountWrong(samples, answers);
    all.push_back(std::move(answers));
  }
  for (size_t i = 1; i < all.size(); ++i) {
    std::printf("largest difference of any probability, %s to %s: %.2e (%d images, all classes)\n",
                flags.devices[0].c_str(), flags.devices[i].c_str(),
                LargestDifference(all[0], all[i]), static_cast<int>(samples.size()));
  }
  if (wrong > 0) {
    return absl::InternalError(
        absl::StrFormat("%d of %d answers are wrong.", wrong,
                        flags.devices.size() * samples.size() * static_cast<size_t>(flags.rounds)));
  }
  std::printf("All answers are right; the servers stopped cleanly.\n");
  return absl::OkStatus();
}

}  // namespace

void AddDemoCommand(CLI::App& app, std::function<int()>* run) {
  CLI::App* command = app.add_subcommand(
      "demo", "Serve the bundled network on Vulkan and on the CPU and classify its samples");
  const auto flags = std::make_shared<DemoFlags>();
  command->add_option("--device", flags->devices, "Devices to show, instead of vulkan and cpu")
      ->allow_extra_args(false);
  command->add_option("--rounds", flags->rounds, "Times that each sample is sent")
      ->check(CLI::Range(1, 10000))
      ->capture_default_str();
  command->add_option("--repository", flags->repository, "Where the bundled models are")
      ->type_name("DIR")
      ->capture_default_str();
  command->footer(
      "Examples:\n"
      "  convoy demo                                on Vulkan and on the CPU\n"
      "  convoy demo --device cpu --rounds 100      on the CPU alone, longer");
  command->callback([=] {
    *run = [=] {
      const absl::Status status = Demo(*flags);
      return status.ok() ? kExitOk : Fail(status);
    };
  });
}

}  // namespace convoy::cli
