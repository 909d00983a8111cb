// Trained models with known answers (the test data that lies beside the project, see
// docs/testing.md): loaded as the server loads them, run on every device, compared with their
// golden outputs.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "compute/ops/elements.h"
#include "models/image/image_input.h"
#include "models/image/png.h"
#include "models/model.h"
#include "tests/models/onnx_backend/onnx_case.h"
#include "tests/support/test_devices.h"

namespace convoy::testing {
namespace {

struct TestModel {
  const char* name;
  bool small;  // quick enough for the reference device
};

constexpr TestModel kModels[] = {
    {"basic-pitch", false},     {"crepe-tiny", false},
    {"fns-candy", false},       {"lenet-caffe", true},
    {"meshnet3d-gwm", false},   {"meshnet3d-mindgrab", false},
    {"mnist-8", true},          {"mobilenetv2-w8", false},
    {"portrait-prisma", false}, {"ppocr-v2-cls", true},
    {"ppocr-v3-det", false},    {"resnet20-cifar10", true},
    {"squeezenet1.1", false},   {"super-resolution-x3", false},
    {"unet2d-nuclei", false},   {"vww-mobilenetv1-025", true},
    {"yunet-n", false},
};

std::string TestdataRoot() {
  const char* given = std::getenv("CONVOY_TESTDATA");
  return given != nullptr ? given : std::string(CONVOY_SOURCE_DIR) + "/../shared/testdata";
}

class TestdataModelsTest : public ::testing::TestWithParam<std::string> {};

// One request of all rows of a golden; models that take fewer rows at a time get them in parts.
void CheckGolden(models::Model& model, const OnnxAnswer& answer) {
  models::BatchItem item;
  for (const compute::HostTensor& input : answer.inputs) item.inputs.push_back(input.view());
  if (model.spec().max_batch_size > 0) item.rows = answer.inputs[0].spec().shape[0];
  ASSERT_EQ(model.ValidateItem(item), absl::OkStatus());
  const auto report = model.Run({&item, 1});
  ASSERT_TRUE(report.ok()) << report.status();
  ASSERT_EQ(item.outputs.size(), answer.outputs.size());
  for (size_t i = 0; i < item.outputs.size(); ++i) {
    ASSERT_EQ(item.outputs[i].spec(), answer.outputs[i].spec());
    const auto given = compute::ReadElements<double>(item.outputs[i].view());
    const auto wanted = compute::ReadElements<double>(answer.outputs[i].view());
    double largest = 1, worst = 0;
    for (size_t k = 0; k < wanted.size(); ++k) {
      largest = std::max(largest, std::fabs(wanted[k]));
      const double error = std::fabs(given[k] - wanted[k]);
      worst = error <= worst ? worst : error;  // NaN becomes the worst
    }
    EXPECT_LE(worst, 1e-3 * largest) << "output " << i << " whose largest value is " << largest;
    std::printf("  output %zu: worst error %.2e of %.4g\n", i, worst, largest);
  }
}

void CheckModel(const TestModel& entry, compute::Device& device) {
  SCOPED_TRACE(entry.name);
  const std::string directory = TestdataRoot() + "/models/" + entry.name;
  const auto test = ReadOnnxCase(directory);
  ASSERT_TRUE(test.ok()) << test.status();
  ASSERT_FALSE(test->answers.empty());
  const models::ModelSource source{entry.name, 1, directory + "/model.onnx", ""};
  const auto model = models::Model::Load(source, device, {.default_max_batch_size = 16});
  ASSERT_TRUE(model.ok()) << model.status();
  std::printf("%s on %s, loaded in %s\n", entry.name, device.facts().id.c_str(),
              absl::FormatDuration((*model)->load_report().total).c_str());
  for (const OnnxAnswer& answer : test->answers) CheckGolden(**model, answer);
}

TEST_P(TestdataModelsTest, GoldensAreReproduced) {
  if (!std::filesystem::exists(TestdataRoot())) {
    GTEST_SKIP() << TestdataRoot() << " is absent; CONVOY_TESTDATA may name another place";
  }
  const auto device = TestDevice(GetParam());
  if (!device.ok()) GTEST_SKIP() << device.status();
  for (const TestModel& entry : kModels) {
    if (GetParam() != "reference" || entry.small) CheckModel(entry, **device);
  }
}

std::vector<std::byte> ReadBytes(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  const std::span<const std::byte> bytes = std::as_bytes(std::span<const char>(text));
  return {bytes.begin(), bytes.end()};
}

// Intersection over union of the pixels where a mask picture and a map of classes have a value.
double OverlapOf(std::span<const uint8_t> mask, uint8_t mask_value,
                 std::span<const int64_t> classes, int64_t class_number) {
  int64_t both = 0, either = 0;
  for (size_t i = 0; i < classes.size(); ++i) {
    const bool wanted = mask[i] == mask_value;
    const bool given = classes[i] == class_number;
    both += wanted && given;
    either += wanted || given;
  }
  return static_cast<double>(both) / static_cast<double>(either);
}

// DeepLabV3 has no golden but a photo with a mask: 3 is the bird in both (Pascal VOC's third
// class).
TEST_P(TestdataModelsTest, DeepLabFindsTheBird) {
  const std::string images = TestdataRoot() + "/images/";
  if (!std::filesystem::exists(images)) GTEST_SKIP() << images << " is absent";
  if (GetParam() == "reference") GTEST_SKIP() << "minutes on the reference device";
  const auto device = TestDevice(GetParam());
  if (!device.ok()) GTEST_SKIP() << device.status();
  const std::string name = "deeplabv3-mnv2-w8";
  const models::ModelSource source{name, 1, TestdataRoot() + "/models/" + name + "/model.onnx", ""};
  const auto model = models::Model::Load(source, **device, {});
  ASSERT_TRUE(model.ok()) << model.status();
  const models::ImageSettings settings{
      .height = 513, .width = 513, .scale = 1 / 127.5F, .mean = {1, 1, 1}};
  compute::HostTensor input(
      compute::TensorSpec{compute::DType::kFloat32, {1, 3, settings.height, settings.width}});
  ASSERT_TRUE(models::DecodeToInput(ReadBytes(images + "bird_segmentation.png"), settings,
                                    input.mutable_data<float>())
                  .ok());
  const auto mask = models::DecodePng(ReadBytes(images + "bird_segmentation_mask.png"));
  ASSERT_TRUE(mask.ok()) << mask.status();
  std::vector<uint8_t> reds;
  for (size_t i = 0; i < mask->pixels.size(); i += 3) reds.push_back(mask->pixels[i]);
  models::BatchItem item;
  item.inputs.push_back(input.view());
  ASSERT_TRUE((*model)->Run({&item, 1}).ok());
  const double overlap = OverlapOf(reds, 3, item.outputs[0].data<int64_t>(), 3);
  std::printf("%s on %s: intersection over union %.3f\n", name.c_str(), GetParam().c_str(),
              overlap);
  EXPECT_GT(overlap, 0.9);
}

INSTANTIATE_TEST_SUITE_P(Devices, TestdataModelsTest, ::testing::ValuesIn(TestDeviceNames()),
                         [](const auto& entry) { return entry.param; });

}  // namespace
}  // namespace convoy::testing
