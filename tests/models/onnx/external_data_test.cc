#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "compute/base/status.h"
#include "models/onnx/onnx_model.h"
#include "tests/models/onnx/onnx_text.h"

namespace convoy::testing {
namespace {

namespace fs = std::filesystem;
using models::OnnxModel;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ExternalDataTest : public ::testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::path(::testing::TempDir()) / "external_data_test";
    fs::remove_all(root_);
    fs::create_directories(root_ / "model" / "weights");
    Write(root_ / "secret.bin", {9, 9});
    Write(root_ / "model" / "weights" / "w.bin", {1, 2, 3, 4});
  }
  void TearDown() override { fs::remove_all(root_); }

  static void Write(const fs::path& path, std::vector<float> values) {
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(values.data()),
               static_cast<std::streamsize>(values.size() * sizeof(float)));
  }

  // Two floats from outside, as the model's output.
  absl::StatusOr<OnnxModel> Parse(const std::string& location, const std::string& more = "") const {
    const auto entry = [](const std::string& key, const std::string& value) {
      return absl::StrFormat("external_data { key: '%s' value: '%s' } ", key, value);
    };
    const std::string bytes =
        ModelBytes(13, "initializer { name: 'w' data_type: 1 dims: 2 data_location: EXTERNAL " +
                           entry("location", location) + more + "}\n" + Output("w"));
    return OnnxModel::Parse(std::as_bytes(std::span(bytes)), "test", (root_ / "model").string());
  }

  static std::string Entry(const std::string& key, const std::string& value) {
    return absl::StrFormat("external_data { key: '%s' value: '%s' } ", key, value);
  }

  fs::path root_;
};

TEST_F(ExternalDataTest, ARangeOfAFileIsRead) {
  const auto model = Parse("weights/w.bin", Entry("offset", "4") + Entry("length", "8"));
  ASSERT_TRUE(model.ok()) << model.status();
  const auto graph = model->Import({});
  ASSERT_TRUE(graph.ok()) << graph.status();
  EXPECT_THAT(graph->values[graph->outputs[0]].constant->data<float>(), ElementsAre(2, 3));
}

TEST_F(ExternalDataTest, NothingOutsideTheModelsDirectoryIsRead) {
  fs::create_symlink(root_ / "secret.bin", root_ / "model" / "link.bin");
  fs::create_directory_symlink(root_, root_ / "model" / "up");
  const std::string absolute = (root_ / "model" / "weights" / "w.bin").string();
  for (const std::string& location :
       {std::string("../secret.bin"), std::string("weights/../../secret.bin"), absolute,
        std::string("link.bin"), std::string("up/secret.bin"), std::string("/etc/passwd")}) {
    const auto model = Parse(location);
    EXPECT_TRUE(absl::IsInvalidArgument(model.status())) << location << ": " << model.status();
  }
}

TEST_F(ExternalDataTest, ALinkInsideTheDirectoryIsFollowed) {
  fs::create_symlink("weights/w.bin", root_ / "model" / "inside.bin");
  EXPECT_TRUE(Parse("inside.bin").ok());
}

TEST_F(ExternalDataTest, RangesMustFit) {
  const auto error = [&](const std::string& more) {
    return Parse("weights/w.bin", more).status().ToString();
  };
  EXPECT_THAT(error(Entry("offset", "12")), HasSubstr("has 16 bytes, but 8 at offset 12"));
  EXPECT_THAT(error(Entry("offset", "9223372036854775807")), HasSubstr("are asked for"));
  EXPECT_THAT(error(Entry("offset", "-4")), HasSubstr("is not a number of bytes"));
  EXPECT_THAT(error(Entry("length", "4")), HasSubstr("has 4 bytes where type and shape ask for 8"));
  EXPECT_THAT(error(Entry("length", "many")), HasSubstr("is not a number of bytes"));
}

TEST_F(ExternalDataTest, MissingFilesAreNotFound) {
  const auto model = Parse("weights/gone.bin");
  EXPECT_TRUE(absl::IsNotFound(model.status()));
  EXPECT_THAT(model.status().ToString(), HasSubstr("'weights/gone.bin'"));
  EXPECT_THAT(Parse("weights").status().ToString(), HasSubstr("is not a file"));
}

}  // namespace
}  // namespace convoy::testing
