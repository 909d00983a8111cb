// A bundled model as users meet it: found on disk, loaded on a device, asked with its sample files.
//
//   BundledModel lenet5("lenet5", "cpu");
//   if (!lenet5.absent().empty()) GTEST_SKIP() << lenet5.absent();
//   lenet5.Ask({"digit_0.png"}, 1);
//
// What fails on the way is a failure of the test. Not thread-safe.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "compute/runtime/device.h"
#include "models/model.h"

namespace convoy::testing {

inline constexpr char kBundledModels[] = "models/bundled/";

class BundledModel {
 public:
  // `device` is what OpenDevice takes, or "vulkan_fp16".
  BundledModel(const std::string& name, const std::string& device);

  const std::string& absent() const { return absent_; }  // why there is no such device here
  bool loaded() const { return model_ != nullptr; }
  const models::ModelSpec& spec() const { return model_->spec(); }

  // Of each sample file the values of output 0; the files ride in batches of `batch`.
  std::vector<std::vector<float>> Ask(const std::vector<std::string>& files, size_t batch);

 private:
  compute::HostTensor ReadInput(const std::string& file) const;
  void Run(std::vector<models::BatchItem> items, std::vector<std::vector<float>>& rows);

  std::string samples_;  // their folder
  std::string absent_;
  std::unique_ptr<compute::Device> device_;
  std::unique_ptr<models::Model> model_;  // behind its device, so it goes first
};

// The lines `file label` of the model's samples/labels.txt, as (files, labels).
std::pair<std::vector<std::string>, std::vector<std::string>> ReadSampleLabels(
    const std::string& name);

// The largest difference of any two values at the same place; infinite when the sizes differ.
double LargestDifference(const std::vector<std::vector<float>>& a,
                         const std::vector<std::vector<float>>& b);

}  // namespace convoy::testing
