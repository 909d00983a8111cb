// Whole networks of the zoo, small, on every device against the reference: what operators, passes,
// lowering and sessions give together. Prints the worst error of each.

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

using Rows = std::vector<std::vector<float>>;

// Opened once: the self-tests of a Vulkan device take seconds.
absl::StatusOr<compute::Device*> SharedDevice(const std::string& name) {
  static auto* const devices =
      new std::map<std::string, absl::StatusOr<std::unique_ptr<compute::Device>>>;
  auto found = devices->find(name);
  if (found == devices->end()) {
    found = devices->emplace(name, compute::OpenDevice(name, {})).first;
  }
  if (!found->second.ok()) return found->second.status();
  return found->second->get();
}

class ZooDevicesTest : public testing::TestWithParam<std::string_view> {
 protected:
  void SetUp() override {
    name_ = std::string(GetParam());
    const absl::StatusOr<std::string> bytes = BuildZooModel(name_, *SmallZooOptions(name_));
    ASSERT_TRUE(bytes.ok()) << bytes.status();
    path_ = std::filesystem::temp_directory_path() /
            absl::StrFormat("convoy_zoo_%s_%d.onnx", name_, getpid());
    std::ofstream(path_, std::ios::binary) << *bytes;
  }
  void TearDown() override { std::filesystem::remove(path_); }

  std::unique_ptr<Model> Load(compute::Device& device, int64_t max_batch_size) {
    absl::StatusOr<std::unique_ptr<Model>> model =
        Model::Load({.name = name_, .version = 1, .model_path = path_, .directory = ""}, device,
                    {.disabled_passes = {}, .default_max_batch_size = max_batch_size});
    EXPECT_TRUE(model.ok()) << model.status();
    return model.ok() ? *std::move(model) : nullptr;
  }

  // What the reference answers to each image alone; computed once a network.
  const Rows& Expected() {
    static auto* const answers = new std::map<std::string, Rows>;
    Rows& rows = (*answers)[name_];
    if (!rows.empty()) return rows;
    const absl::StatusOr<compute::Device*> device = SharedDevice("reference");
    EXPECT_TRUE(device.ok()) << device.status();
    const std::unique_ptr<Model> model = device.ok() ? Load(**device, 1) : nullptr;
    for (size_t i = 0; model != nullptr && i < images_.size(); ++i) {
      for (std::vector<float>& row : Run(*model, std::span(images_).subspan(i, 1))) {
        rows.push_back(std::move(row));
      }
    }
    return rows;
  }

  void MakeImages(const Model& model) {
    std::vector<int64_t> dims = model.spec().inputs[0].dims;
    dims.insert(dims.begin(), 1);
    std::mt19937 random(11);
    std::normal_distribution<float> normal;
    for (int i = 0; i < 8; ++i) {
      compute::HostTensor image({compute::DType::kFloat32, compute::Shape(std::span(dims))});
      for (float& value : image.mutable_data<float>()) value = normal(random);
      images_.push_back(std::move(image));
    }
  }

  // One batch of all `images`.
  Rows Run(Model& model, std::span<const compute::HostTensor> images) {
    std::vector<BatchItem> items;
    for (const compute::HostTensor& image : images) {
      items.push_back({.rows = 1, .inputs = {image.view()}, .outputs = {}});
    }
    const absl::StatusOr<RunReport> report = model.Run(items);
    EXPECT_TRUE(report.ok()) << report.status();
    Rows rows;
    if (!report.ok()) return rows;
    for (const BatchItem& item : items) {
      const std::span<const float> values = item.outputs[0].data<float>();
      rows.emplace_back(values.begin(), values.end());
    }
    return rows;
  }

  // Batches of 1, 3 and 8 within 1e-4 of the output's maximum, and every batch repeated and
  // rearranged without the change of a bit.
  void ExpectLikeReference(const std::string& device_name) {
    const absl::StatusOr<compute::Device*> device = SharedDevice(device_name);
    if (absl::IsNotFound(device.status())) GTEST_SKIP() << device.status();
    ASSERT_TRUE(device.ok()) << device.status();
    const std::unique_ptr<Model> model = Load(**device, 8);
    ASSERT_NE(model, nullptr);
    MakeImages(*model);
    ASSERT_EQ(Expected().size(), images_.size());
    double worst = 0;
    for (const size_t batch : {1, 3, 8}) {
      const std::span<const compute::HostTensor> images = std::span(images_).first(batch);
      const Rows rows = Run(*model, images);
      ASSERT_EQ(rows.size(), batch);
      for (size_t i = 0; i < batch; ++i)
        worst = std::max(worst, RelativeError(rows[i], Expected()[i]));
      EXPECT_EQ(rows, Run(*model, images)) << "a repeat of batch " << batch << " differs";
    }
    std::printf("%s on %s: worst error %.2g of the output's maximum\n", name_.c_str(),
                device_name.c_str(), worst);
    EXPECT_LE(worst, 1e-4);
    ExpectNeighboursDoNotMatter(*model);
  }

  static double RelativeError(const std::vector<float>& row, const std::vector<float>& expected) {
    EXPECT_EQ(row.size(), expected.size());
    double largest = 0;
    double error = 0;
    for (size_t i = 0; i < std::min(row.size(), expected.size()); ++i) {
      largest = std::max(largest, std::abs(static_cast<double>(expected[i])));
      error = std::max(error, std::abs(static_cast<double>(row[i]) - expected[i]));
      if (std::isnan(row[i])) return INFINITY;
    }
    return error / largest;
  }

  // The same image in another place among other images, in a batch of the same bucket.
  void ExpectNeighboursDoNotMatter(Model& model) {
    const Rows straight = Run(model, images_);
    std::vector<compute::HostTensor> turned;
    for (size_t i = 0; i < images_.size(); ++i) turned.push_back(Copy(images_[(i + 3) % 8]));
    const Rows moved = Run(model, turned);
    ASSERT_EQ(straight.size(), 8U);
    ASSERT_EQ(moved.size(), 8U);
    for (size_t i = 0; i < 8; ++i) EXPECT_EQ(moved[i], straight[(i + 3) % 8]) << "row " << i;
  }

  static compute::HostTensor Copy(const compute::HostTensor& image) {
    return compute::HostTensor::FromFloats(image.spec().shape, image.data<float>());
  }

  std::string name_;
  std::string path_;
  std::vector<compute::HostTensor> images_;
};

TEST_P(ZooDevicesTest, Cpu) { ExpectLikeReference("cpu"); }
TEST_P(ZooDevicesTest, Vulkan) { ExpectLikeReference("vulkan"); }

INSTANTIATE_TEST_SUITE_P(Networks, ZooDevicesTest,
                         testing::ValuesIn(ZooNames().begin(), ZooNames().end()),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace convoy::models
