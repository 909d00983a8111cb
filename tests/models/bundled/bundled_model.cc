#include "tests/models/bundled/bundled_model.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <limits>
#include <span>

#include "compute/base/status.h"
#include "models/image/image_input.h"
#include "models/repository/repository.h"

namespace convoy::testing {

BundledModel::BundledModel(const std::string& name, const std::string& device)
    : samples_(kBundledModels + name + "/samples/") {
  const bool halves = device == "vulkan_fp16";
  absl::StatusOr<std::unique_ptr<compute::Device>> opened = compute::OpenDevice(
      halves ? "vulkan" : device,
      {.precision = halves ? compute::Precision::kFp16 : compute::Precision::kFp32});
  if (absl::IsNotFound(opened.status())) {
    absent_ = opened.status().ToString();
    return;
  }
  EXPECT_TRUE(opened.ok()) << opened.status();
  const std::vector<std::string> paths = {kBundledModels};
  const absl::StatusOr<models::Snapshot> snapshot = models::Scan(models::DiskFileTree(), paths);
  EXPECT_TRUE(snapshot.ok()) << snapshot.status();
  if (!opened.ok() || !snapshot.ok()) return;
  device_ = *std::move(opened);
  for (const models::ModelEntry& entry : snapshot->models) {
    EXPECT_TRUE(entry.status.ok()) << entry.status;
    if (entry.name != name || !entry.status.ok()) continue;
    absl::StatusOr<std::unique_ptr<models::Model>> model =
        models::Model::Load(entry.versions.back(), *device_, {});
    EXPECT_TRUE(model.ok()) << model.status();
    if (model.ok()) model_ = *std::move(model);
  }
  EXPECT_NE(model_, nullptr) << name << " on " << device;
}

compute::HostTensor BundledModel::ReadInput(const std::string& file) const {
  const models::ImageSettings& settings = *spec().image;
  std::ifstream in(samples_ + file, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  const int64_t channels = settings.color == models::ColorOrder::kGray ? 1 : 3;
  compute::HostTensor input(
      {compute::DType::kFloat32, {1, channels, settings.height, settings.width}});
  const absl::Status status =
      models::DecodeToInput(std::as_bytes(std::span(bytes)), settings, input.mutable_data<float>());
  EXPECT_TRUE(status.ok()) << file << ": " << status;
  return input;
}

std::vector<std::vector<float>> BundledModel::Ask(const std::vector<std::string>& files,
                                                  size_t batch) {
  std::vector<compute::HostTensor> inputs;
  for (const std::string& file : files) inputs.push_back(ReadInput(file));
  std::vector<std::vector<float>> rows;
  for (size_t first = 0; first < inputs.size(); first += batch) {
    std::vector<models::BatchItem> items;
    for (size_t i = first; i < std::min(first + batch, inputs.size()); ++i) {
      items.push_back({.rows = 1, .inputs = {inputs[i].view()}, .outputs = {}});
    }
    Run(std::move(items), rows);
  }
  EXPECT_EQ(rows.size(), files.size());
  return rows;
}

void BundledModel::Run(std::vector<models::BatchItem> items,
                       std::vector<std::vector<float>>& rows) {
  const absl::StatusOr<models::RunReport> report = model_->Run(items);
  ASSERT_TRUE(report.ok()) << report.status();
  for (const models::BatchItem& item : items) {
    const std::span<const float> values = item.outputs[0].data<float>();
    rows.emplace_back(values.begin(), values.end());
  }
}

std::pair<std::vector<std::string>, std::vector<std::string>> ReadSampleLabels(
    const std::string& name) {
  std::ifstream in(kBundledModels + name + "/samples/labels.txt");
  std::pair<std::vector<std::string>, std::vector<std::string>> samples;
  std::string file;
  std::string label;
  while (in >> file >> label) {
    samples.first.push_back(file);
    samples.second.push_back(label);
  }
  return samples;
}

double LargestDifference(const std::vector<std::vector<float>>& a,
                         const std::vector<std::vector<float>>& b) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (a.size() != b.size()) return kInfinity;
  double largest = 0;
  for (size_t row = 0; row < a.size(); ++row) {
    if (a[row].size() != b[row].size()) return kInfinity;
    for (size_t i = 0; i < a[row].size(); ++i) {
      const double difference = std::abs(double{a[row][i]} - b[row][i]);
      if (std::isnan(difference)) return kInfinity;
      largest = std::max(largest, difference);
    }
  }
  return largest;
}

}  // namespace convoy::testing
