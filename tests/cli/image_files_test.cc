#include "cli/image_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace convoy::cli {
namespace {

namespace fs = std::filesystem;

class ImageFilesTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) /
              (std::string("image_files_") +
               testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string Write(const std::string& name, const std::string& bytes) const {
    std::ofstream(folder_ / name, std::ios::binary) << bytes;
    return (folder_ / name).string();
  }

  fs::path folder_;
};

TEST_F(ImageFilesTest, ADirectoryIsItsImagesInOrder) {
  Write("b.PNG", "b");
  Write("a.jpeg", "a");
  Write("c.jpg", "c");
  Write("notes.txt", "x");
  fs::create_directory(folder_ / "d.png");
  const auto paths = ExpandImagePaths({folder_.string(), "-"});
  ASSERT_TRUE(paths.ok()) << paths.status();
  EXPECT_THAT(*paths,
              testing::ElementsAre((folder_ / "a.jpeg").string(), (folder_ / "b.PNG").string(),
                                   (folder_ / "c.jpg").string(), "-"));
}

TEST_F(ImageFilesTest, AFileIsTakenWhateverItsName) {
  const std::string bytes("\0\xff\npicture", 10);
  const std::string path = Write("picture.bin", bytes);
  const auto files = ReadImageFiles({path});
  ASSERT_TRUE(files.ok()) << files.status();
  ASSERT_EQ(files->size(), 1U);
  EXPECT_EQ((*files)[0].path, path);
  EXPECT_EQ((*files)[0].bytes, bytes);
}

TEST_F(ImageFilesTest, WhatIsNotThereIsNamed) {
  const auto missing = ReadImageFiles({"/nonexistent/x.png"});
  EXPECT_EQ(missing.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(missing.status().message()), testing::HasSubstr("/nonexistent/x.png"));
  const auto empty = ReadImageFiles({folder_.string()});
  EXPECT_EQ(empty.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(empty.status().message()), testing::HasSubstr(".jpeg"));
}

TEST_F(ImageFilesTest, AFileBeyondTheLimitIsRefused) {
  const std::string path = Write("huge.png", "");
  fs::resize_file(path, (uintmax_t{64} << 20) + 1);
  EXPECT_EQ(ReadImageFile(path).status().code(), absl::StatusCode::kResourceExhausted);
}

}  // namespace
}  // namespace convoy::cli
