// A folder for one test with models in it, gone when the test ends.
//
//   ModelFolder folder;
//   folder.Write("net/config.pbtxt", "max_batch_size: 4");
//   folder.Write("net/1/model.onnx", ModelBytes(13, ...));
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "models/model_files.h"

namespace convoy::testing {

class ModelFolder {
 public:
  ModelFolder() {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    root_ = std::filesystem::path(::testing::TempDir()) /
            (std::string(test->test_suite_name()) + "." + test->name());
    std::filesystem::remove_all(root_);
    std::filesystem::create_directories(root_);
  }
  ~ModelFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
  }

  std::string path(const std::string& file = "") const { return (root_ / file).string(); }

  void Write(const std::string& file, const std::string& bytes) const {
    std::filesystem::create_directories((root_ / file).parent_path());
    std::ofstream stream(root_ / file, std::ios::binary);
    stream << bytes;
    ASSERT_TRUE(stream.good()) << file;
  }

  // The files of a bare model.
  absl::StatusOr<models::ModelFiles> Read(const std::string& bytes,
                                          const std::string& config = "") const {
    Write("net/1/model.onnx", bytes);
    if (!config.empty()) Write("net/config.pbtxt", config);
    return models::ReadModelFiles({"net", 1, path("net/1/model.onnx"), path("net")}, 8);
  }

 private:
  std::filesystem::path root_;
};

}  // namespace convoy::testing
