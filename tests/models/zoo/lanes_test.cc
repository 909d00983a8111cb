// Several batches of one model at once: each thread gets the answers it would get alone.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "compute/base/status.h"
#include "compute/runtime/device.h"
#include "models/model.h"
#include "models/zoo/zoo.h"

namespace convoy::models {
namespace {

using compute::DeviceOptions;
using compute::HostTensor;
using compute::Width;

// One row an image.
using Rows = std::vector<std::vector<float>>;

constexpr size_t kImages = 8;

class LanesTest : public testing::TestWithParam<std::string_view> {
 protected:
  void SetUp() override {
    const std::string name(GetParam());
    const absl::StatusOr<std::string> bytes = BuildZooModel(name, *SmallZooOptions(name));
    ASSERT_TRUE(bytes.ok()) << bytes.status();
    path_ = std::filesystem::temp_directory_path() /
            absl::StrFormat("convoy_lanes_%s_%d.onnx", name, getpid());
    std::ofstream(path_, std::ios::binary) << *bytes;
  }
  void TearDown() override { std::filesystem::remove(path_); }

  // False where there is no such device.
  bool Load(const std::string& device, const DeviceOptions& options) {
    absl::StatusOr<std::unique_ptr<compute::Device>> opened = compute::OpenDevice(device, options);
    if (absl::IsNotFound(opened.status())) return false;
    EXPECT_TRUE(opened.ok()) << opened.status();
    if (!opened.ok()) return false;
    model_.reset();  // before its device
    device_ = *std::move(opened);
    absl::StatusOr<std::unique_ptr<Model>> model =
        Model::Load({.name = "net", .version = 1, .model_path = path_, .directory = ""}, *device_,
                    {.all_lanes = true});
    EXPECT_TRUE(model.ok()) << model.status();
    if (!model.ok()) return false;
    model_ = *std::move(model);
    MakeImages();
    return true;
  }

  void MakeImages() {
    images_.clear();
    std::vector<int64_t> dims = model_->spec().inputs[0].dims;
    dims.insert(dims.begin(), 1);
    std::mt19937 random(11);
    std::normal_distribution<float> normal;
    for (size_t i = 0; i < kImages; ++i) {
      HostTensor image({compute::DType::kFloat32, compute::Shape(std::span(dims))});
      for (float& value : image.mutable_data<float>()) value = normal(random);
      images_.push_back(std::move(image));
    }
  }

  // The first `batch` images as one batch.
  Rows Run(size_t batch, Width width) {
    std::vector<BatchItem> items;
    for (size_t i = 0; i < batch; ++i) items.push_back({.rows = 1, .inputs = {images_[i].view()}});
    const absl::StatusOr<RunReport> report = model_->Run(items, width);
    EXPECT_TRUE(report.ok()) << report.status();
    Rows rows;
    if (!report.ok()) return rows;
    EXPECT_EQ(report->width, width);
    for (const BatchItem& item : items) {
      const std::span<const float> values = item.outputs[0].data<float>();
      rows.emplace_back(values.begin(), values.end());
    }
    return rows;
  }

  // More threads than lanes, so that some wait; every one runs wide and narrow batches of all
  // sizes.
  void ExpectTheSameFromManyThreads() {
    const std::vector<size_t> batches = {1, 3, 8};
    std::vector<Rows> expected;
    for (const size_t batch : batches) expected.push_back(Run(batch, Width::kWide));
    std::vector<int> different(5);
    std::vector<std::thread> threads;
    for (size_t t = 0; t < different.size(); ++t) {
      threads.emplace_back([&, t] {
        for (size_t i = 0; i < 9; ++i) {
          const size_t which = (t + i) % batches.size();
          const Width width = (t + i) % 4 == 0 ? Width::kWide : Width::kNarrow;
          different[t] += Run(batches[which], width) != expected[which];
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_THAT(different, testing::Each(0));
  }

  std::filesystem::path path_;
  std::unique_ptr<compute::Device> device_;
  std::unique_ptr<Model> model_;  // after the device it uses
  std::vector<HostTensor> images_;
};

TEST_P(LanesTest, OneCoreALane) {
  ASSERT_TRUE(Load("cpu", {.threads = 3}));
  EXPECT_EQ(model_->load_report().lanes, 3);
  EXPECT_TRUE(model_->load_report().narrow_lanes);
  ASSERT_EQ(model_->load_report().runs.size(), 4);
  for (const BucketRun& run : model_->load_report().runs) {
    EXPECT_GT(run.wide, absl::ZeroDuration());
    EXPECT_GT(run.narrow, absl::ZeroDuration());
  }
  ExpectTheSameFromManyThreads();
}

TEST_P(LanesTest, SeveralCoresALane) {
  ASSERT_TRUE(Load("cpu", {.threads = 5, .lanes = 2}));
  EXPECT_EQ(model_->load_report().lanes, 2);
  ExpectTheSameFromManyThreads();
}

TEST_P(LanesTest, OneLaneHasNoNarrowSessions) {
  ASSERT_TRUE(Load("cpu", {.threads = 2}));
  const int64_t both = model_->load_report().session_bytes;
  ASSERT_TRUE(Load("cpu", {.threads = 2, .lanes = 1}));
  EXPECT_EQ(model_->load_report().lanes, 1);
  EXPECT_FALSE(model_->load_report().narrow_lanes);
  EXPECT_TRUE(model_->load_report().runs.empty());
  EXPECT_GT(both, 2 * model_->load_report().session_bytes);
  ExpectTheSameFromManyThreads();
}

TEST_P(LanesTest, TwoLanesOfAGpu) {
  if (!Load("vulkan", {.lanes = 2})) GTEST_SKIP() << "there is no Vulkan device";
  EXPECT_EQ(model_->load_report().lanes, 2);
  EXPECT_FALSE(model_->load_report().narrow_lanes);
  ExpectTheSameFromManyThreads();
}

INSTANTIATE_TEST_SUITE_P(Zoo, LanesTest,
                         testing::Values("lenet5", "squeezenet", "resnet18", "mobilenet_v2"),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace convoy::models
