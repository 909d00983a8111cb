// What the server costs beside the engine: of each network the server's requests a second at
// saturation and the engine's rows a second without a server, and of an identity model the requests
// a second and latencies beside a bare gRPC echo server. Children of this process do the work, in
// turns; this one asks them and counts its own CPU time apart.
//
//   server_cost [--device cpu] [--seconds 4] [--rounds 3] [--in-flight 32] [--rows 1] [--quick]
//
// --rows N sends N rows in a request to the networks; --quick leaves out all but LeNet-5.
// Prints medians of the rounds. Exit code 1 where a call fails; no time is asserted.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "client/bench/generator.h"
#include "client/bench/workload.h"
#include "inference/grpc_service.pb.h"
#include "models/zoo/zoo.h"
#include "tests/bench/cost_children.h"
#include "tests/models/onnx/onnx_text.h"

namespace convoy::testing {
namespace {

struct Network {
  std::string name;
  std::string onnx;
  std::string input;
  std::vector<int64_t> row;  // without the batch
};

struct Arguments {
  std::string device = "cpu";
  double seconds = 4;
  int rounds = 3;
  int in_flight = 32;
  int rows = 1;
  bool quick = false;
};

// What one round found.
struct Round {
  double offline = 0, offline_cpu_ms = 0;
  std::string way;
  double served = 0, server_cpu_ms = 0, client_share = 0, p50_ms = 0, p99_ms = 0;
};

std::string MessageFor(const Network& network, int rows) {
  inference::ModelInferRequest request;
  request.set_model_name(network.name);
  auto& input = *request.add_inputs();
  input.set_datatype("FP32");
  input.add_shape(rows);
  size_t bytes = sizeof(float) * static_cast<size_t>(rows);
  for (const int64_t dim : network.row) {
    input.add_shape(dim);
    bytes *= static_cast<size_t>(dim);
  }
  input.set_name(network.input);
  request.add_raw_input_contents(std::string(bytes, '\0'));
  return request.SerializeAsString();
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

template <typename Member>
double MedianOf(const std::vector<Round>& rounds, Member member) {
  std::vector<double> values;
  for (const Round& round : rounds) values.push_back(round.*member);
  return Median(values);
}

[[noreturn]] void Fail(const std::string& why) {
  std::fprintf(stderr, "server_cost: %s\n", why.c_str());
  std::exit(EXIT_FAILURE);
}

CostChild StartChild(const std::vector<std::string>& arguments) {
  auto child = CostChild::Start(arguments);
  if (!child.ok()) Fail(child.status().ToString());
  return *std::move(child);
}

// A closed loop whose replies nobody reads, so that it costs little beside the server.
void Ask(const CostChild& child, const Network& network, int rows, const Arguments& arguments,
         Round& round) {
  const auto generator =
      client::Generator::Connect(absl::StrFormat("127.0.0.1:%s", child.line()), {.connections = 2});
  if (!generator.ok()) Fail(generator.status().ToString());
  const client::Workload workload(client::kInferMethod, {{.request = MessageFor(network, rows)}}, 1,
                                  "zeros");
  const auto run = [&](double seconds) {
    return (*generator)
        ->Run(workload, {.concurrency = arguments.in_flight, .duration = absl::Seconds(seconds)});
  };
  run(arguments.seconds / 4);  // warms up
  const absl::Duration before = child.CpuTime();
  const client::LoadReport report = run(arguments.seconds);
  const double server_cpu_ms = absl::ToDoubleMilliseconds(child.CpuTime() - before);
  if (report.failed > 0 || report.good == 0) {
    Fail(absl::StrFormat("%d calls of '%s' fail: %s", report.failed, network.name,
                         report.errors.empty() ? "" : report.errors.begin()->second.first_message));
  }
  round.served = report.CallsPerSecond();
  round.server_cpu_ms = server_cpu_ms / static_cast<double>(report.good);
  round.client_share = report.generator.cores / report.generator.allowed_cores;
  round.p50_ms = absl::ToDoubleMilliseconds(report.response.Percentile(50));
  round.p99_ms = absl::ToDoubleMilliseconds(report.response.Percentile(99));
}

void PrintNetwork(const Network& network, const std::vector<Round>& rounds, int rows) {
  const double offline = MedianOf(rounds, &Round::offline);
  const double served = rows * MedianOf(rounds, &Round::served);
  const double client = MedianOf(rounds, &Round::client_share);
  std::printf("| %s | %.1f | %s | %.1f | %.0f %% | %.3f | %.3f | %.0f %% | %.0f %% |\n",
              network.name.c_str(), offline, rounds.back().way.c_str(), served, 100 * client,
              MedianOf(rounds, &Round::offline_cpu_ms),
              MedianOf(rounds, &Round::server_cpu_ms) / rows, 100 * served / offline,
              100 * served / (offline * (1 - client)));
}

void MeasureNetworks(const std::string& folder, const std::vector<Network>& networks,
                     const Arguments& arguments) {
  std::printf(
      "| network | offline rows/s | best batch | served rows/s | load generator's share of the "
      "cores | offline CPU ms a row | server CPU ms a row | of offline | of offline on what "
      "the generator leaves |\n|---|---|---|---|---|---|---|---|---|\n");
  for (const Network& network : networks) {
    const std::string repository = absl::StrFormat("%s/%s", folder, network.name);
    const std::string path = absl::StrFormat("%s/%s/1/model.onnx", repository, network.name);
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    std::ofstream(path, std::ios::binary) << network.onnx;
    std::vector<Round> rounds(static_cast<size_t>(arguments.rounds));
    for (Round& round : rounds) {
      {
        const CostChild offline = StartChild(
            {"offline", path, arguments.device, absl::StrFormat("%g", arguments.seconds)});
        std::string batch, width;
        std::istringstream(offline.line()) >> round.offline >> round.offline_cpu_ms >> batch >>
            width;
        round.way = batch + " " + width;
      }
      CostChild server = StartChild({"serve", repository, arguments.device});
      Ask(server, network, arguments.rows, arguments, round);
    }
    PrintNetwork(network, rounds, arguments.rows);
    std::fflush(stdout);
  }
}

void PrintFloor(const char* name, const std::vector<Round>& rounds) {
  std::printf("| %s | %.0f | %.2f | %.2f | %.0f |\n", name, MedianOf(rounds, &Round::served),
              MedianOf(rounds, &Round::p50_ms), MedianOf(rounds, &Round::p99_ms),
              1000 * MedianOf(rounds, &Round::server_cpu_ms));
}

void AskEcho(const Network& network, const Arguments& arguments, Round& round) {
  CostChild echo = StartChild({"echo"});
  Ask(echo, network, 1, arguments, round);
}

// An identity model and gRPC alone; and gRPC alone with an image's tensor.
void MeasureFloor(const std::string& folder, const Arguments& arguments) {
  const Network identity{
      .name = "identity",
      .onnx = ModelBytes(13, Input("input", {-1, 16}) + NodeText("Identity", {"input"}, "output") +
                                 Output("output")),
      .input = "input",
      .row = {16}};
  const Network image{.name = "image", .onnx = "", .input = "image", .row = {3, 224, 224}};
  const std::string repository = folder + "/floor";
  std::filesystem::create_directories(repository + "/identity/1");
  std::ofstream(repository + "/identity/1/model.onnx", std::ios::binary) << identity.onnx;
  std::vector<Round> echoes(static_cast<size_t>(arguments.rounds));
  std::vector<Round> images = echoes;
  std::vector<Round> served = echoes;
  for (size_t i = 0; i < echoes.size(); ++i) {
    AskEcho(identity, arguments, echoes[i]);
    CostChild server = StartChild({"serve", repository, arguments.device});
    Ask(server, identity, 1, arguments, served[i]);
    if (!arguments.quick) AskEcho(image, arguments, images[i]);
  }
  std::printf(
      "\n| %d in flight | requests/s | p50 ms | p99 ms | server CPU us a request |\n"
      "|---|---|---|---|---|\n",
      arguments.in_flight);
  PrintFloor("bare gRPC echo", echoes);
  PrintFloor("identity model", served);
  if (!arguments.quick) PrintFloor("bare gRPC echo, 3x224x224 floats there, 1,000 back", images);
}

std::string ZooModel(const std::string& name, const models::ZooOptions& options) {
  auto onnx = models::BuildZooModel(name, options);
  if (!onnx.ok()) Fail(onnx.status().ToString());
  return *std::move(onnx);
}

int Run(const Arguments& arguments) {
  const std::string folder =
      absl::StrFormat("%s/convoy_server_cost.%d", std::filesystem::temp_directory_path().string(),
                      static_cast<int>(getpid()));
  std::vector<Network> networks = {{"lenet5", ZooModel("lenet5", {}), "image", {1, 28, 28}}};
  if (!arguments.quick) {
    networks.push_back({"squeezenet1.1", ZooModel("squeezenet", {}), "image", {3, 224, 224}});
    networks.push_back({"mobilenet_v2", ZooModel("mobilenet_v2", {}), "image", {3, 224, 224}});
  }
  MeasureNetworks(folder, networks, arguments);
  MeasureFloor(folder, arguments);
  std::filesystem::remove_all(folder);
  return EXIT_SUCCESS;
}

int Main(const std::vector<std::string>& words) {
  if (words.size() == 3 && words[0] == "serve") return ServeModels(words[1], words[2]);
  if (words.size() == 4 && words[0] == "offline") {
    return RunOffline(words[1], words[2], std::atof(words[3].c_str()));
  }
  if (words.size() == 1 && words[0] == "echo") return ServeEcho();
  Arguments arguments;
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string value = i + 1 < words.size() ? words[i + 1] : "";
    if (words[i] == "--quick") {
      arguments.quick = true;
      continue;
    }
    ++i;
    if (words[i - 1] == "--device") {
      arguments.device = value;
    } else if (words[i - 1] == "--seconds") {
      arguments.seconds = std::atof(value.c_str());
    } else if (words[i - 1] == "--rounds") {
      arguments.rounds = std::max(1, std::atoi(value.c_str()));
    } else if (words[i - 1] == "--in-flight") {
      arguments.in_flight = std::max(1, std::atoi(value.c_str()));
    } else if (words[i - 1] == "--rows") {
      arguments.rows = std::max(1, std::atoi(value.c_str()));
    } else {
      Fail(absl::StrFormat("there is no '%s'", words[i - 1]));
    }
  }
  return Run(arguments);
}

}  // namespace
}  // namespace convoy::testing

int main(int argc, char** argv) {
  return convoy::testing::Main(std::vector<std::string>(argv + 1, argv + argc));
}
