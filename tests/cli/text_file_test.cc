#include "cli/text_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace convoy::cli {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class TextFileTest : public testing::Test {
 protected:
  void SetUp() override {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string PathOf(const std::string& name) const { return (folder_ / name).string(); }

  static std::string TextOf(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  const fs::path folder_ = fs::path(testing::TempDir()) / "text_file_test";
};

TEST_F(TextFileTest, WritesOverWhatIsThere) {
  ASSERT_TRUE(WriteTextFile(PathOf("a"), "longer").ok());
  ASSERT_TRUE(WriteTextFile(PathOf("a"), "short").ok());
  EXPECT_EQ(TextOf(PathOf("a")), "short");
}

TEST_F(TextFileTest, ADeviceStaysADevice) {
  EXPECT_TRUE(WriteTextFile("/dev/null", "text").ok());
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

TEST_F(TextFileTest, AnErrorNamesThePathAndTheReason) {
  for (const auto write : {&WriteTextFile, &ReplaceTextFile}) {
    const absl::Status status = write(PathOf("none/a"), "text");
    EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
    EXPECT_THAT(std::string(status.message()), HasSubstr("none/a"));
    EXPECT_THAT(std::string(status.message()), HasSubstr("No such file or directory."));
  }
}

TEST_F(TextFileTest, ReplacingKeepsPermissionsAndLinksAndLeavesNothingElse) {
  ASSERT_TRUE(WriteTextFile(PathOf("real"), "old").ok());
  fs::permissions(PathOf("real"), fs::perms::owner_read | fs::perms::owner_write);
  fs::create_symlink("real", PathOf("link"));
  ASSERT_TRUE(ReplaceTextFile(PathOf("link"), "new").ok());
  EXPECT_TRUE(fs::is_symlink(PathOf("link")));
  EXPECT_EQ(TextOf(PathOf("real")), "new");
  EXPECT_EQ(fs::status(PathOf("real")).permissions(),
            fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), {}), 2);
}

TEST_F(TextFileTest, ReplacingWhatCannotBeReplacedLeavesIt) {
  fs::create_directories(PathOf("folder/inside"));
  EXPECT_FALSE(ReplaceTextFile(PathOf("folder"), "new").ok());
  EXPECT_TRUE(fs::is_directory(PathOf("folder/inside")));
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), {}), 1);
}

}  // namespace
}  // namespace convoy::cli
