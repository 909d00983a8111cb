// Whole networks on devices opened with batch_invariant: an image has the same bits in every bucket
// from 1 to 32, wherever it lies in the batch and whatever lies beside it. Without the flag answers
// stay within the bound of whole networks.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "compute/base/status.h"
#include "compute/runtime/device.h"
#include "models/model.h"
#include "models/zoo/zoo.h"

namespace convoy::models {
namespace {

constexpr int64_t kLargestBucket = 32;

absl::StatusOr<compute::Device*> SharedDevice(const std::string& name, bool batch_invariant) {
  using Opened = absl::StatusOr<std::unique_ptr<compute::Device>>;
  static auto* const devices = new std::map<std::pair<std::string, bool>, Opened>;
  const std::pair key(name, batch_invariant);
  auto found = devices->find(key);
  if (found == devices->end()) {
    found = devices->emplace(key, compute::OpenDevice(name, {.batch_invariant = batch_invariant}))
                .first;
  }
  if (!found->second.ok()) return found->second.status();
  return found->second->get();
}

using Answer = std::vector<float>;

// One network of the zoo on one device.
class BatchInvariantNetworksTest
    : public testing::TestWithParam<std::tuple<std::string, std::string_view>> {
 protected:
  void SetUp() override {
    name_ = std::string(std::get<1>(GetParam()));
    const absl::StatusOr<std::string> bytes = BuildZooModel(name_, *SmallZooOptions(name_));
    ASSERT_TRUE(bytes.ok()) << bytes.status();
    path_ = std::filesystem::temp_directory_path() /
            absl::StrFormat("convoy_invariant_%s_%d.onnx", name_, getpid());
    std::ofstream(path_, std::ios::binary) << *bytes;
  }
  void TearDown() override { std::filesystem::remove(path_); }

  std::unique_ptr<Model> Load(compute::Device& device) {
    absl::StatusOr<std::unique_ptr<Model>> model =
        Model::Load({.name = name_, .version = 1, .model_path = path_, .directory = ""}, device,
                    {.disabled_passes = {}, .default_max_batch_size = kLargestBucket});
    EXPECT_TRUE(model.ok()) << model.status();
    return model.ok() ? *std::move(model) : nullptr;
  }

  static compute::HostTensor MakeImage(const Model& model, uint32_t seed) {
    std::vector<int64_t> dims = model.spec().inputs[0].dims;
    dims.insert(dims.begin(), 1);
    compute::HostTensor image({compute::DType::kFloat32, compute::Shape(std::span(dims))});
    std::mt19937 random(seed);
    std::normal_distribution<float> normal;
    for (float& value : image.mutable_data<float>()) value = normal(random);
    return image;
  }

  // The answer to `image` in row `row` of a batch of `batch` among other images.
  Answer AnswerAmong(Model& model, const compute::HostTensor& image, int64_t batch, int64_t row) {
    const compute::HostTensor other = MakeImage(model, static_cast<uint32_t>(100 + batch + row));
    std::vector<BatchItem> items(static_cast<size_t>(batch));
    for (BatchItem& item : items) item.inputs = {other.view()};
    items[static_cast<size_t>(row)].inputs = {image.view()};
    const absl::StatusOr<RunReport> report = model.Run(items);
    EXPECT_TRUE(report.ok()) << report.status();
    if (!report.ok()) return {};
    const std::span<const float> values = items[static_cast<size_t>(row)].outputs[0].data<float>();
    return {values.begin(), values.end()};
  }

  std::string name_;
  std::string path_;
};

double RelativeError(const Answer& given, const Answer& expected) {
  double largest = 0;
  double error = given.size() == expected.size() ? 0 : INFINITY;
  for (size_t i = 0; i < std::min(given.size(), expected.size()); ++i) {
    largest = std::max(largest, std::abs(static_cast<double>(expected[i])));
    error = std::max(error, std::abs(static_cast<double>(given[i]) - expected[i]));
  }
  return error / largest;
}

TEST_P(BatchInvariantNetworksTest, AnImageHasTheSameBitsInEveryBucket) {
  const std::string& device_name = std::get<0>(GetParam());
  const absl::StatusOr<compute::Device*> invariant = SharedDevice(device_name, true);
  if (absl::IsNotFound(invariant.status())) GTEST_SKIP() << invariant.status();
  ASSERT_TRUE(invariant.ok()) << invariant.status();
  const std::unique_ptr<Model> model = Load(**invariant);
  ASSERT_NE(model, nullptr);
  ASSERT_EQ(model->load_report().buckets, (std::vector<int64_t>{1, 2, 4, 8, 16, 32}));
  const compute::HostTensor image = MakeImage(*model, 1);
  const Answer alone = AnswerAmong(*model, image, 1, 0);
  for (int64_t bucket = 1; bucket <= kLargestBucket; bucket *= 2) {
    for (const int64_t row : {int64_t{0}, bucket / 2, bucket - 1}) {
      EXPECT_EQ(AnswerAmong(*model, image, bucket, row), alone)
          << "in row " << row << " of bucket " << bucket;
    }
  }
  // Fewer rows than the bucket has.
  EXPECT_EQ(AnswerAmong(*model, image, 19, 18), alone);

  const absl::StatusOr<compute::Device*> free = SharedDevice(device_name, false);
  ASSERT_TRUE(free.ok()) << free.status();
  const std::unique_ptr<Model> fast = Load(**free);
  ASSERT_NE(fast, nullptr);
  for (const int64_t bucket : {int64_t{1}, int64_t{8}, kLargestBucket}) {
    EXPECT_LE(RelativeError(AnswerAmong(*fast, image, bucket, bucket - 1), alone), 1e-4);
  }
}

// Dense layers of many sizes, residuals, depthwise and grouped convolutions, up-convolutions,
// layer normalisation, concatenations.
constexpr std::string_view kNetworks[] = {"lenet5", "resnet18",   "mobilenet_v2",
                                          "unet",   "convnext_t", "shufflenet_v2"};

INSTANTIATE_TEST_SUITE_P(Networks, BatchInvariantNetworksTest,
                         testing::Combine(testing::Values("cpu", "vulkan"),
                                          testing::ValuesIn(kNetworks)),
                         [](const auto& test) {
                           return absl::StrFormat("%s_%s", std::get<0>(test.param),
                                                  std::get<1>(test.param));
                         });
// The formulas with double accumulators take their time.
INSTANTIATE_TEST_SUITE_P(Reference, BatchInvariantNetworksTest,
                         testing::Combine(testing::Values("reference"),
                                          testing::Values(std::string_view("lenet5"))),
                         [](const auto& test) { return std::string(std::get<1>(test.param)); });

}  // namespace
}  // namespace convoy::models
