// The bundled LeNet-5 as users meet it: found on disk, loaded, and asked with its sample files.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "compute/base/status.h"
#include "compute/runtime/device.h"
#include "models/image/image_input.h"
#include "models/model.h"
#include "models/repository/repository.h"

namespace convoy::models {
namespace {

constexpr char kSamples[] = "models/bundled/lenet5/samples/";

struct Sample {
  std::string file;
  std::string label;
};

std::vector<Sample> ReadSamples() {
  std::ifstream in(std::string(kSamples) + "labels.txt");
  std::vector<Sample> samples;
  for (Sample sample; in >> sample.file >> sample.label;) samples.push_back(sample);
  return samples;
}

compute::HostTensor ReadInput(const Sample& sample, const ImageSettings& settings) {
  std::ifstream in(kSamples + sample.file, std::ios::binary);
  const std::string file((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  compute::HostTensor input({compute::DType::kFloat32, {1, 1, settings.height, settings.width}});
  const absl::Status status =
      DecodeToInput(std::as_bytes(std::span(file)), settings, input.mutable_data<float>());
  EXPECT_TRUE(status.ok()) << sample.file << ": " << status;
  return input;
}

class BundledLeNet5Test : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    absl::StatusOr<std::unique_ptr<compute::Device>> device = compute::OpenDevice(GetParam(), {});
    if (absl::IsNotFound(device.status())) GTEST_SKIP() << device.status();
    ASSERT_TRUE(device.ok()) << device.status();
    device_ = *std::move(device);

    const std::vector<std::string> paths = {"models/bundled"};
    const absl::StatusOr<Snapshot> snapshot = Scan(DiskFileTree(), paths);
    ASSERT_TRUE(snapshot.ok()) << snapshot.status();
    ASSERT_EQ(snapshot->models.size(), 1U);
    ASSERT_TRUE(snapshot->models[0].status.ok()) << snapshot->models[0].status;
    absl::StatusOr<std::unique_ptr<Model>> model =
        Model::Load(snapshot->models[0].versions.back(), *device_, {});
    ASSERT_TRUE(model.ok()) << model.status();
    model_ = *std::move(model);
    ASSERT_TRUE(model_->spec().image.has_value());
  }

  // Probabilities of every sample, the samples riding in batches of `batch`.
  std::vector<std::vector<float>> Classify(const std::vector<Sample>& samples, size_t batch) {
    std::vector<compute::HostTensor> inputs;
    for (const Sample& sample : samples) {
      inputs.push_back(ReadInput(sample, *model_->spec().image));
    }
    std::vector<std::vector<float>> rows;
    for (size_t first = 0; first < inputs.size(); first += batch) {
      std::vector<BatchItem> items;
      for (size_t i = first; i < std::min(first + batch, inputs.size()); ++i) {
        items.push_back({.rows = 1, .inputs = {inputs[i].view()}, .outputs = {}});
      }
      const absl::StatusOr<RunReport> report = model_->Run(items);
      EXPECT_TRUE(report.ok()) << report.status();
      if (!report.ok()) return rows;
      for (const BatchItem& item : items) {
        const std::span<const float> values = item.outputs[0].data<float>();
        rows.emplace_back(values.begin(), values.end());
      }
    }
    return rows;
  }

  std::unique_ptr<compute::Device> device_;
  std::unique_ptr<Model> model_;  // behind its device, so it goes first
};

TEST_P(BundledLeNet5Test, NamesEverySampleDigit) {
  const std::vector<Sample> samples = ReadSamples();
  ASSERT_EQ(samples.size(), 10U);
  const std::vector<std::vector<float>> rows = Classify(samples, samples.size());
  ASSERT_EQ(rows.size(), samples.size());
  for (size_t i = 0; i < samples.size(); ++i) {
    ASSERT_EQ(rows[i].size(), model_->spec().labels.size());
    const auto best = std::max_element(rows[i].begin(), rows[i].end());
    const auto index = static_cast<size_t>(best - rows[i].begin());
    EXPECT_EQ(model_->spec().labels[index], samples[i].label) << samples[i].file;
    EXPECT_GT(*best, 0.9F) << samples[i].file;
    float sum = 0;
    for (const float value : rows[i]) sum += value;
    EXPECT_NEAR(sum, 1, 1e-5) << samples[i].file;
  }
}

TEST_P(BundledLeNet5Test, OneByOneGivesTheSameAnswers) {
  const std::vector<Sample> samples = ReadSamples();
  const std::vector<std::vector<float>> together = Classify(samples, samples.size());
  const std::vector<std::vector<float>> alone = Classify(samples, 1);
  ASSERT_EQ(together.size(), samples.size());
  ASSERT_EQ(alone.size(), samples.size());
  for (size_t i = 0; i < samples.size(); ++i) {
    for (size_t j = 0; j < alone[i].size(); ++j) {
      EXPECT_NEAR(together[i][j], alone[i][j], 1e-5) << samples[i].file << " class " << j;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Devices, BundledLeNet5Test, testing::Values("reference", "cpu", "vulkan"),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace convoy::models
