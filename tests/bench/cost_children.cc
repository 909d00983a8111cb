#include "tests/bench/cost_children.h"

#include <fcntl.h>
#include <grpcpp/grpcpp.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <random>
#include <thread>
#include <utility>

#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "compute/base/status.h"
#include "inference/grpc_service.grpc.pb.h"
#include "models/model.h"
#include "server/metrics/process_metrics.h"
#include "server/server.h"

namespace convoy::testing {
namespace {

using compute::Width;

void AwaitEndOfInput() {
  char byte = 0;
  while (read(STDIN_FILENO, &byte, 1) > 0) continue;
}

// As much as 1,000 classes: of longer bytes an echo answers so many.
constexpr size_t kEchoBytes = 4000;

// The bytes come back: what gRPC itself costs.
class Echo : public inference::GRPCInferenceService::CallbackService {
 public:
  grpc::ServerUnaryReactor* ModelInfer(grpc::CallbackServerContext* context,
                                       const inference::ModelInferRequest* request,
                                       inference::ModelInferResponse* response) override {
    if (request->raw_input_contents_size() > 0) {
      response->add_raw_output_contents(request->raw_input_contents(0).substr(0, kEchoBytes));
    }
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
};

struct Way {
  int64_t batch = 1;
  Width width = Width::kWide;
  int lanes = 1;
};

struct Rate {
  double rows_per_second = 0;
  double cpu_ms_per_row = 0;
};

absl::Duration OwnCpuTime() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return absl::DurationFromTimeval(usage.ru_utime) + absl::DurationFromTimeval(usage.ru_stime);
}

// Batches of random rows on so many threads at once.
Rate RunWay(models::Model& model, const compute::HostTensor& row, const Way& way, double seconds) {
  std::atomic<bool> ends = false;
  std::atomic<int64_t> batches = 0;
  const auto work = [&] {
    std::vector<models::BatchItem> items(static_cast<size_t>(way.batch));
    while (!ends) {
      for (models::BatchItem& item : items) item.inputs = {row.view()};
      if (!model.Run(items, way.width).ok()) std::abort();
      ++batches;
    }
  };
  const absl::Time start = absl::Now();
  const absl::Duration cpu = OwnCpuTime();
  std::vector<std::thread> threads;
  for (int i = 0; i < way.lanes; ++i) threads.emplace_back(work);
  absl::SleepFor(absl::Seconds(seconds));
  ends = true;
  for (std::thread& thread : threads) thread.join();
  const double rows = static_cast<double>(batches * way.batch);
  return {rows / absl::ToDoubleSeconds(absl::Now() - start),
          absl::ToDoubleMilliseconds(OwnCpuTime() - cpu) / rows};
}

std::vector<Way> WaysOf(const models::Model& model) {
  const models::ModelLoadReport& report = model.load_report();
  std::vector<Way> ways;
  for (const int64_t bucket : report.buckets) {
    if (report.narrow_lanes) {
      ways.push_back({bucket, Width::kWide, 1});
      ways.push_back({bucket, Width::kNarrow, report.lanes});
    } else {
      ways.push_back({bucket, Width::kWide, report.lanes});
    }
  }
  return ways;
}

compute::HostTensor RandomRow(const models::ModelSpec& spec) {
  compute::Shape shape{1};
  for (const int64_t dim : spec.inputs[0].dims) shape.Append(dim);
  compute::HostTensor row({compute::DType::kFloat32, shape});
  std::mt19937 random(5);
  for (float& value : row.mutable_data<float>()) value = static_cast<float>(random() % 256) / 255;
  return row;
}

}  // namespace

absl::Duration CostChild::CpuTime() const {
  std::ifstream file(absl::StrFormat("/proc/%d/stat", pid_));
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const std::optional<server::ProcessStat> stat = server::ParseProcessStat(text);
  if (!stat.has_value()) return absl::ZeroDuration();
  return absl::Seconds(static_cast<double>(stat->cpu_ticks) /
                       static_cast<double>(sysconf(_SC_CLK_TCK)));
}

absl::StatusOr<CostChild> CostChild::Start(const std::vector<std::string>& arguments) {
  int input[2], output[2];
  if (pipe2(input, O_CLOEXEC) != 0 || pipe2(output, O_CLOEXEC) != 0) {
    return absl::ResourceExhaustedError("There is no pipe for a child");
  }
  const char* program = "/proc/self/exe";
  std::vector<char*> words = {const_cast<char*>(program)};
  for (const std::string& argument : arguments)
    words.push_back(const_cast<char*>(argument.c_str()));
  words.push_back(nullptr);
  const pid_t pid = fork();
  if (pid == 0) {
    dup2(input[0], STDIN_FILENO);
    dup2(output[1], STDOUT_FILENO);
    execv(program, words.data());
    _exit(127);
  }
  close(input[0]);
  close(output[1]);
  CostChild child(pid, input[1]);
  char byte = 0;
  while (read(output[0], &byte, 1) == 1 && byte != '\n') child.line_ += byte;
  close(output[0]);
  if (pid < 0 || child.line_.empty()) {
    return absl::InternalError(absl::StrFormat("The child '%s' said nothing", arguments[0]));
  }
  return child;
}

CostChild::CostChild(CostChild&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      input_(std::exchange(other.input_, -1)),
      line_(std::move(other.line_)) {}

CostChild::~CostChild() {
  if (pid_ <= 0) return;
  close(input_);
  int status = 0;
  waitpid(pid_, &status, 0);
}

int ServeModels(const std::string& repository, const std::string& device) {
  server::ServerOptions options;
  options.paths = {repository};
  options.host = "127.0.0.1";
  options.grpc_port = 0;
  options.metrics_port = 0;
  options.device = device;
  options.log_level = compute::LogLevel::kWarning;
  const auto server = server::Server::Create(options);
  if (!server.ok()) {
    std::fprintf(stderr, "%s\n", server.status().ToString().c_str());
    return EXIT_FAILURE;
  }
  (*server)->SetReady();
  std::printf("%d\n", (*server)->grpc_port());
  std::fflush(stdout);
  AwaitEndOfInput();
  return EXIT_SUCCESS;
}

int ServeEcho() {
  Echo echo;
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&echo);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  std::printf("%d\n", port);
  std::fflush(stdout);
  AwaitEndOfInput();
  server->Shutdown(std::chrono::system_clock::now());
  return EXIT_SUCCESS;
}

int RunOffline(const std::string& model_path, const std::string& device_name, double seconds) {
  const auto device = compute::OpenDevice(device_name, {});
  if (!device.ok()) return EXIT_FAILURE;
  const models::ModelSource source{.name = "model", .version = 1, .model_path = model_path};
  const auto model = models::Model::Load(source, **device, {.all_lanes = true});
  if (!model.ok()) {
    std::fprintf(stderr, "%s\n", model.status().ToString().c_str());
    return EXIT_FAILURE;
  }
  const compute::HostTensor row = RandomRow((*model)->spec());
  Way best;
  double best_rate = 0;
  for (const Way& way : WaysOf(**model)) {
    const double rate = RunWay(**model, row, way, seconds / 10).rows_per_second;
    if (rate <= best_rate) continue;
    best = way;
    best_rate = rate;
  }
  const Rate rate = RunWay(**model, row, best, seconds);
  std::printf("%.6g %.6g %d %s\n", rate.rows_per_second, rate.cpu_ms_per_row,
              static_cast<int>(best.batch), best.width == Width::kWide ? "wide" : "narrow");
  return EXIT_SUCCESS;
}

}  // namespace convoy::testing
