// Trained models with known answers (the test data that lies beside the project, see
// docs/testing.md): loaded as the server loads them, run on every device, compared with their
// golden outputs.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

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
    {"crepe-tiny", false},      {"lenet-caffe", true},
    {"meshnet3d-gwm", false},   {"mnist-8", true},
    {"portrait-prisma", false}, {"resnet20-cifar10", true},
    {"squeezenet1.1", false},   {"super-resolution-x3", false},
    {"unet2d-nuclei", false},   {"vww-mobilenetv1-025", true},
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
    const std::span<const float> given = item.outputs[i].data<float>();
    const std::span<const float> wanted = answer.outputs[i].data<float>();
    double largest = 1, worst = 0;
    for (size_t k = 0; k < wanted.size(); ++k) {
      largest = std::max(largest, std::fabs(double{wanted[k]}));
      const double error = std::fabs(double{given[k]} - double{wanted[k]});
      worst = error <= worst ? worst : error;  // NaN becomes the worst
    }
    EXPECT_LE(worst, 1e-3 * largest) << "output " << i << " whose largest value is " << largest;
    std::printf("  output %zu: worst error %.2e of %.4g\n", i, worst, largest);
  }
}

TEST_P(TestdataModelsTest, GoldensAreReproduced) {
  if (!std::filesystem::exists(TestdataRoot())) {
    GTEST_SKIP() << TestdataRoot() << " is absent; CONVOY_TESTDATA may name another place";
  }
  const auto device = TestDevice(GetParam());
  if (!device.ok()) GTEST_SKIP() << device.status();
  for (const TestModel& entry : kModels) {
    if (GetParam() == "reference" && !entry.small) continue;
    SCOPED_TRACE(entry.name);
    const std::string directory = TestdataRoot() + "/models/" + entry.name;
    const auto test = ReadOnnxCase(directory);
    ASSERT_TRUE(test.ok()) << test.status();
    ASSERT_FALSE(test->answers.empty());
    const models::ModelSource source{entry.name, 1, directory + "/model.onnx", ""};
    const auto model = models::Model::Load(source, **device, {.default_max_batch_size = 16});
    ASSERT_TRUE(model.ok()) << model.status();
    std::printf("%s on %s, loaded in %s\n", entry.name, GetParam().c_str(),
                absl::FormatDuration((*model)->load_report().total).c_str());
    for (const OnnxAnswer& answer : test->answers) CheckGolden(**model, answer);
  }
}

INSTANTIATE_TEST_SUITE_P(Devices, TestdataModelsTest, ::testing::ValuesIn(TestDeviceNames()),
                         [](const auto& entry) { return entry.param; });

}  // namespace
}  // namespace convoy::testing
