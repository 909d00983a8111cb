// Requests of more rows than the device takes at once, against a whole server: what comes back is
// what one large batch would have answered.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <future>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "compute/base/clock.h"
#include "compute/runtime/reference_session.h"
#include "inference/grpc_service.grpc.pb.h"
#include "server/registry/model_loader.h"
#include "server/server.h"

namespace convoy::server {
namespace {

using ::testing::HasSubstr;

constexpr char kBundled[] = "models/bundled/lenet5";
constexpr int64_t kPixels = 28 * 28;
constexpr int64_t kRows = 13;  // of max_batch_size 16: full parts and a rest, wherever it is cut

std::vector<float> Noise(int64_t rows) {
  std::mt19937 random(7);
  std::vector<float> values(static_cast<size_t>(rows * kPixels));
  for (float& value : values) value = static_cast<float>(random() % 256) / 255;
  return values;
}

inference::ModelInferRequest MakeRequest(int64_t rows) {
  inference::ModelInferRequest request;
  request.set_model_name("lenet5");
  auto& input = *request.add_inputs();
  input.set_name("image");
  input.set_datatype("FP32");
  for (const int64_t dim : {rows, int64_t{1}, int64_t{28}, int64_t{28}}) input.add_shape(dim);
  const std::vector<float> values = Noise(rows);
  request.add_raw_input_contents(reinterpret_cast<const char*>(values.data()),
                                 values.size() * sizeof(float));
  return request;
}

// What one server says, and what it counts.
struct Outcome {
  grpc::Status status;
  std::vector<float> probabilities;
  inference::ModelStatistics statistics;
};

class SplitTest : public ::testing::TestWithParam<std::string> {
 protected:
  // Nullopt where this machine has no such device.
  std::optional<Outcome> Ask(int64_t largest_batch, bool batch_invariant, int64_t rows) {
    ServerOptions options;
    options.paths = {kBundled};
    options.host = "127.0.0.1";
    options.grpc_port = 0;
    options.metrics_port = 0;
    options.device = GetParam();
    options.largest_batch = largest_batch;
    options.batch_invariant = batch_invariant;
    const auto server = Server::Create(options);
    if (absl::IsNotFound(server.status())) return std::nullopt;
    EXPECT_TRUE(server.ok()) << server.status();
    if (!server.ok()) return Outcome{};
    const auto stub = inference::GRPCInferenceService::NewStub(
        grpc::CreateChannel(absl::StrFormat("127.0.0.1:%d", (*server)->grpc_port()),
                            grpc::InsecureChannelCredentials()));
    Outcome outcome;
    grpc::ClientContext context;
    inference::ModelInferResponse response;
    outcome.status = stub->ModelInfer(&context, MakeRequest(rows), &response);
    if (outcome.status.ok()) {
      const std::string& raw = response.raw_output_contents(0);
      outcome.probabilities.resize(raw.size() / sizeof(float));
      std::memcpy(outcome.probabilities.data(), raw.data(), raw.size());
      EXPECT_EQ(response.outputs(0).shape(0), rows);
    }
    grpc::ClientContext statistics_context;
    inference::ModelStatisticsRequest ask;
    ask.set_name("lenet5");
    inference::ModelStatisticsResponse statistics;
    EXPECT_TRUE(stub->ModelStatistics(&statistics_context, ask, &statistics).ok());
    if (statistics.model_stats_size() == 1) outcome.statistics = statistics.model_stats(0);
    return outcome;
  }
};

TEST_P(SplitTest, GivesTheSameBitsWhereBatchesDoNotMatter) {
  const auto whole = Ask(16, true, kRows);
  if (!whole.has_value()) GTEST_SKIP() << "there is no device '" << GetParam() << "'";
  ASSERT_EQ(whole->probabilities.size(), kRows * 10);
  for (const int64_t largest : {8, 4, 3, 1}) {
    const auto parts = Ask(largest, true, kRows);
    ASSERT_TRUE(parts->status.ok()) << parts->status.error_message();
    EXPECT_EQ(parts->probabilities, whole->probabilities) << largest;
  }
}

TEST_P(SplitTest, GivesTheSameAnswerElse) {
  const auto whole = Ask(16, false, kRows);
  if (!whole.has_value()) GTEST_SKIP() << "there is no device '" << GetParam() << "'";
  const auto parts = Ask(4, false, kRows);
  ASSERT_EQ(parts->probabilities.size(), whole->probabilities.size());
  for (size_t i = 0; i < whole->probabilities.size(); ++i) {
    EXPECT_NEAR(parts->probabilities[i], whole->probabilities[i], 1e-5) << i;
  }
}

TEST_P(SplitTest, IsCountedAsOneRequestInSeveralBatches) {
  const auto parts = Ask(4, false, kRows);
  if (!parts.has_value()) GTEST_SKIP() << "there is no device '" << GetParam() << "'";
  EXPECT_EQ(parts->statistics.inference_stats().success().count(), 1);
  EXPECT_EQ(parts->statistics.inference_stats().queue().count(), 1);
  EXPECT_EQ(parts->statistics.inference_count(), kRows);
  EXPECT_EQ(parts->statistics.execution_count(), 4);
  const uint64_t total = parts->statistics.inference_stats().success().ns();
  EXPECT_LE(parts->statistics.inference_stats().queue().ns() +
                parts->statistics.inference_stats().compute_infer().ns(),
            total);
}

// The limit of the model's own config stays what clients made for Triton know.
TEST_P(SplitTest, RefusesMoreThanMaxBatchSize) {
  const auto beyond = Ask(4, false, 17);
  if (!beyond.has_value()) GTEST_SKIP() << "there is no device '" << GetParam() << "'";
  EXPECT_EQ(beyond->status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(beyond->status.error_message(), HasSubstr("inference request batch-size must be"));
}

INSTANTIATE_TEST_SUITE_P(Devices, SplitTest, ::testing::Values("cpu", "vulkan"),
                         [](const auto& device) { return device.param; });

// The reference device, with room for batches of two rows.
class SmallDevice : public compute::Device {
 public:
  const compute::DeviceFacts& facts() const override { return inner_->facts(); }
  absl::StatusOr<std::unique_ptr<compute::Session>> Compile(const compute::Plan& plan) override {
    const int input = plan.inputs[0];
    if (plan.values[static_cast<size_t>(input)].spec.shape[0] > 2) {
      return absl::ResourceExhaustedError("the device has no room");
    }
    return inner_->Compile(plan);
  }

 private:
  const std::unique_ptr<compute::Device> inner_ = compute::MakeReferenceDevice({});
};

TEST(SmallDeviceTest, TakesAsManyRowsAsTheConfigSaysInParts) {
  SmallDevice device;
  compute::SystemClock clock;
  const models::ModelSource source{.name = "lenet5",
                                   .version = 1,
                                   .model_path = absl::StrFormat("%s/1/model.onnx", kBundled),
                                   .directory = kBundled};
  const auto model = LoadVersion(source, device, clock, {});
  ASSERT_TRUE(model.ok()) << model.status();
  EXPECT_EQ((*model)->spec().max_batch_size, 16);
  std::vector<float> values = Noise(5);
  const auto input = compute::HostTensor::FromFloats({5, 1, 28, 28}, values);
  std::promise<absl::StatusOr<Answer>> promise;
  (*model)->Submit(
      {.rows = 5, .inputs = {input.view()}, .done = [&](absl::StatusOr<Answer> answer) {
         promise.set_value(std::move(answer));
       }});
  const auto answer = promise.get_future().get();
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->outputs.at(0).spec().shape, (compute::Shape{5, 10}));
  EXPECT_EQ(answer->batch.bucket, 1) << "the last part";
}

}  // namespace
}  // namespace convoy::server
