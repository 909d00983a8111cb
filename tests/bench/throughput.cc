// Times a model on one device: throughput MODEL.onnx DEVICE BATCH INPUT OUTPUT SECONDS.
//
// INPUT holds the floats of the model's only input, `BATCH` rows; the floats of its first output go
// to OUTPUT, for throughput.py to check. Prints one line of JSON. The time of a run is that of
// Session::Run; copying requests into the batch and out of it is not part of it.
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "compute/base/status.h"
#include "compute/cpu/omp_threads.h"
#include "compute/runtime/device.h"
#include "models/model.h"

namespace convoy {
namespace {

constexpr int kFewestRuns = 3;

struct Job {
  std::string model_path;
  std::string device;
  int64_t batch = 1;
  std::string input_path;
  std::string output_path;
  absl::Duration duration;
};

absl::StatusOr<compute::HostTensor> ReadInput(const Job& job, const models::ModelSpec& spec) {
  if (spec.inputs.size() != 1 || spec.max_batch_size < job.batch) {
    return absl::InvalidArgumentError(
        absl::StrFormat("Model '%s' has %d inputs and batches of at most %d; one input and batches "
                        "of %d are needed",
                        spec.name, spec.inputs.size(), spec.max_batch_size, job.batch));
  }
  std::ifstream file(job.input_path, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  compute::Shape shape{job.batch};
  for (const int64_t dim : spec.inputs[0].dims) shape.Append(dim);
  compute::HostTensor input(compute::TensorSpec{compute::DType::kFloat32, shape});
  if (bytes.size() != input.bytes().size()) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "'%s' has %d bytes; %d are needed", job.input_path, bytes.size(), input.bytes().size()));
  }
  std::transform(bytes.begin(), bytes.end(), input.bytes().begin(),
                 [](char byte) { return static_cast<std::byte>(byte); });
  return input;
}

absl::Status WriteOutput(const Job& job, const compute::HostTensor& output) {
  std::ofstream file(job.output_path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(output.bytes().data()),
             static_cast<std::streamsize>(output.bytes().size()));
  if (file.good()) return absl::OkStatus();
  return absl::InternalError(absl::StrFormat("'%s' cannot be written", job.output_path));
}

// Times of Session::Run in milliseconds, the first run left out.
absl::StatusOr<std::vector<double>> TimeRuns(const Job& job, models::Model& model) {
  CONVOY_ASSIGN_OR_RETURN(const compute::HostTensor input, ReadInput(job, model.spec()));
  std::vector<double> times;
  const absl::Time end = absl::Now() + job.duration;
  for (int run = 0; run <= kFewestRuns || absl::Now() < end; ++run) {
    std::vector<models::BatchItem> items(1);
    items[0].rows = job.batch;
    items[0].inputs = {input.view()};
    CONVOY_ASSIGN_OR_RETURN(const models::RunReport report, model.Run(items));
    if (run == 0) CONVOY_RETURN_IF_ERROR(WriteOutput(job, items[0].outputs[0]));
    if (run > 0) times.push_back(absl::ToDoubleMilliseconds(report.compute));
  }
  return times;
}

absl::Status Measure(const Job& job) {
  CONVOY_ASSIGN_OR_RETURN(std::unique_ptr<compute::Device> device,
                          compute::OpenDevice(job.device, {}));
  const models::ModelSource source{.name = "bench", .model_path = job.model_path};
  CONVOY_ASSIGN_OR_RETURN(
      std::unique_ptr<models::Model> model,
      models::Model::Load(source, *device, {.default_max_batch_size = job.batch}));
  CONVOY_ASSIGN_OR_RETURN(std::vector<double> times, TimeRuns(job, *model));
  std::sort(times.begin(), times.end());
  std::printf("{\"runs\": %zu, \"median_ms\": %.4f, \"min_ms\": %.4f, \"load_s\": %.3f}\n",
              times.size(), times[times.size() / 2], times.front(),
              absl::ToDoubleSeconds(model->load_report().total));
  return absl::OkStatus();
}

template <typename T>
bool Parse(const std::string& text, T* value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *value);
  return error == std::errc() && end == text.data() + text.size();
}

absl::Status Main(const std::vector<std::string>& arguments) {
  Job job;
  double seconds = 0;
  if (arguments.size() != 6 || !Parse(arguments[2], &job.batch) || !Parse(arguments[5], &seconds)) {
    return absl::InvalidArgumentError(
        "The arguments are MODEL.onnx DEVICE BATCH INPUT OUTPUT SECONDS");
  }
  job.model_path = arguments[0];
  job.device = arguments[1];
  job.input_path = arguments[3];
  job.output_path = arguments[4];
  job.duration = absl::Seconds(seconds);
  return Measure(job);
}

}  // namespace
}  // namespace convoy

int main(int argc, char** argv) {
  // As the program itself does: without it the cpu device is timed in a state that no user meets.
  convoy::compute::RestartWithShortSpins(argv);
  const absl::Status status = convoy::Main({argv + 1, argv + argc});
  if (status.ok()) return 0;
  std::fprintf(stderr, "throughput: %s\n", std::string(status.message()).c_str());
  return 1;
}
