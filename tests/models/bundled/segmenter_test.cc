// The bundled U-Net with its sample scenes: the class of every pixel against the committed masks.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <memory>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "models/image/image_input.h"
#include "tests/models/bundled/bundled_model.h"

namespace convoy::testing {
namespace {

constexpr char kModel[] = "clothes_unet";
constexpr char kSamples[] = "models/bundled/clothes_unet/samples/";
constexpr size_t kClasses = 5;
constexpr uint8_t kGrayOfClass = 60;  // a mask's gray is this times the class
constexpr size_t kSide = 96;
constexpr double kMeanIou = 0.9;  // what the model is bundled for

using Classes = std::vector<size_t>;  // of the pixels of a scene, row by row

// Of scores [classes, height, width].
Classes BestClasses(const std::vector<float>& scores) {
  const size_t pixels = scores.size() / kClasses;
  Classes best(pixels, 0);
  for (size_t pixel = 0; pixel < pixels; ++pixel) {
    for (size_t index = 1; index < kClasses; ++index) {
      if (scores[index * pixels + pixel] > scores[best[pixel] * pixels + pixel]) {
        best[pixel] = index;
      }
    }
  }
  return best;
}

Classes ReadMask(const std::string& file) {
  std::ifstream in(kSamples + file, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  const absl::StatusOr<models::Image> image = models::DecodeImage(std::as_bytes(std::span(bytes)));
  EXPECT_TRUE(image.ok()) << file << ": " << image.status();
  Classes classes;
  if (!image.ok()) return classes;
  for (size_t i = 0; i < image->pixels.size(); i += static_cast<size_t>(image->channels)) {
    EXPECT_EQ(image->pixels[i] % kGrayOfClass, 0) << file;
    classes.push_back(image->pixels[i] / kGrayOfClass);
  }
  return classes;
}

// Intersection over union of each class, over the pixels of all scenes; the mean over the classes.
double MeanIou(const std::vector<Classes>& found, const std::vector<Classes>& right) {
  std::array<double, kClasses> both{};
  std::array<double, kClasses> either{};
  for (size_t scene = 0; scene < right.size(); ++scene) {
    for (size_t pixel = 0; pixel < right[scene].size(); ++pixel) {
      const size_t a = found[scene][pixel];
      const size_t b = right[scene][pixel];
      ++either[a];
      if (a == b) ++both[a];
      if (a != b) ++either[b];
    }
  }
  double sum = 0;
  for (size_t index = 0; index < kClasses; ++index) sum += both[index] / either[index];
  return sum / kClasses;
}

class BundledSegmenterTest : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    model_ = std::make_unique<BundledModel>(kModel, GetParam());
    if (!model_->absent().empty()) GTEST_SKIP() << model_->absent();
    ASSERT_TRUE(model_->loaded());
    ASSERT_EQ(model_->spec().labels.size(), kClasses);
    std::tie(files_, masks_) = ReadSampleLabels(kModel);
    ASSERT_EQ(files_.size(), 6U);
  }

  // Of scores, which reach about 20; each layer may round them to 11 bits once more.
  double Bound() const { return std::string(GetParam()) == "vulkan_fp16" ? 0.2 : 1e-3; }

  std::unique_ptr<BundledModel> model_;
  std::vector<std::string> files_;
  std::vector<std::string> masks_;
};

TEST_P(BundledSegmenterTest, FindsTheClothes) {
  std::vector<Classes> found;
  std::vector<Classes> right;
  for (const std::vector<float>& scores : model_->Ask(files_, files_.size())) {
    ASSERT_EQ(scores.size(), kClasses * kSide * kSide);
    found.push_back(BestClasses(scores));
  }
  for (const std::string& mask : masks_) {
    right.push_back(ReadMask(mask));
    ASSERT_EQ(right.back().size(), kSide * kSide) << mask;
  }
  ASSERT_EQ(found.size(), right.size());
  const double iou = MeanIou(found, right);
  RecordProperty("mean_iou", std::to_string(iou));
  EXPECT_GE(iou, kMeanIou);
}

TEST_P(BundledSegmenterTest, BatchesOfOneAndThreeGiveTheSameAnswers) {
  EXPECT_LE(LargestDifference(model_->Ask(files_, 3), model_->Ask(files_, 1)), Bound() / 100);
}

TEST_P(BundledSegmenterTest, AgreesWithTheReference) {
  BundledModel reference(kModel, "reference");
  EXPECT_LE(LargestDifference(model_->Ask(files_, 3), reference.Ask(files_, 3)), Bound());
}

INSTANTIATE_TEST_SUITE_P(Devices, BundledSegmenterTest,
                         ::testing::Values("reference", "cpu", "vulkan", "vulkan_fp16"),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace convoy::testing
