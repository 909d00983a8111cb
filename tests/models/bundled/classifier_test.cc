// The bundled classifiers with their samples: the digits of LeNet-5, the clothes of the residual
// network.

#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>

#include "tests/models/bundled/bundled_model.h"

namespace convoy::testing {
namespace {

struct Case {
  const char* model;
  const char* device;
  float confidence;     // the least that the right label of any sample gets
  double bound = 1e-4;  // of the distance to the reference

  friend void PrintTo(const Case& c, std::ostream* out) { *out << c.model << " on " << c.device; }
};

class BundledClassifierTest : public ::testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
    model_ = std::make_unique<BundledModel>(GetParam().model, GetParam().device);
    if (!model_->absent().empty()) GTEST_SKIP() << model_->absent();
    ASSERT_TRUE(model_->loaded());
    ASSERT_TRUE(model_->spec().image.has_value());
    std::tie(files_, labels_) = ReadSampleLabels(GetParam().model);
    ASSERT_EQ(files_.size(), 10U);
  }

  std::unique_ptr<BundledModel> model_;
  std::vector<std::string> files_;
  std::vector<std::string> labels_;
};

TEST_P(BundledClassifierTest, NamesEverySample) {
  const std::vector<std::vector<float>> rows = model_->Ask(files_, files_.size());
  ASSERT_EQ(rows.size(), files_.size());
  for (size_t i = 0; i < files_.size(); ++i) {
    ASSERT_EQ(rows[i].size(), model_->spec().labels.size());
    const auto best = std::ranges::max_element(rows[i]);
    const auto index = static_cast<size_t>(best - rows[i].begin());
    EXPECT_EQ(model_->spec().labels[index], labels_[i]) << files_[i];
    EXPECT_GT(*best, GetParam().confidence) << files_[i];
    float sum = 0;
    for (const float value : rows[i]) sum += value;
    EXPECT_NEAR(sum, 1, 1e-5) << files_[i];
  }
}

TEST_P(BundledClassifierTest, OneByOneGivesTheSameAnswers) {
  EXPECT_LE(LargestDifference(model_->Ask(files_, files_.size()), model_->Ask(files_, 1)),
            GetParam().bound / 10);
}

TEST_P(BundledClassifierTest, AgreesWithTheReference) {
  BundledModel reference(GetParam().model, "reference");
  EXPECT_LE(LargestDifference(model_->Ask(files_, 3), reference.Ask(files_, 3)), GetParam().bound);
}

INSTANTIATE_TEST_SUITE_P(
    Models, BundledClassifierTest,
    ::testing::Values(Case{"lenet5", "reference", 0.9F}, Case{"lenet5", "cpu", 0.9F},
                      Case{"lenet5", "vulkan", 0.9F}, Case{"fashion_resnet", "reference", 0.5F},
                      Case{"fashion_resnet", "cpu", 0.5F}, Case{"fashion_resnet", "vulkan", 0.5F},
                      Case{"lenet5", "vulkan_fp16", 0.9F, 1e-2},
                      Case{"fashion_resnet", "vulkan_fp16", 0.5F, 1e-2}),
    [](const auto& test) { return std::string(test.param.model) + "_" + test.param.device; });

}  // namespace
}  // namespace convoy::testing
