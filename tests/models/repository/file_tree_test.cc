#include "models/repository/file_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

namespace convoy::models {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;

class DiskFileTreeTest : public ::testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::path(::testing::TempDir()) / "disk_file_tree_test";
    fs::remove_all(root_);
    fs::create_directories(root_ / "directory");
    std::ofstream(root_ / "file") << "text";
    fs::create_symlink("file", root_ / "link");
    fs::create_symlink("nothing", root_ / "broken");
    fs::create_symlink("loop", root_ / "loop");
    ASSERT_EQ(mkfifo((root_ / "pipe").c_str(), 0600), 0);
  }
  void TearDown() override { fs::remove_all(root_); }

  std::string Path(const char* name) const { return (root_ / name).string(); }

  fs::path root_;
  DiskFileTree tree_;
};

TEST_F(DiskFileTreeTest, LinksCountAsWhatTheyLeadTo) {
  EXPECT_EQ(tree_.KindOf(Path("file")), FileKind::kFile);
  EXPECT_EQ(tree_.KindOf(Path("link")), FileKind::kFile);
  EXPECT_EQ(tree_.KindOf(Path("directory")), FileKind::kDirectory);
  EXPECT_EQ(tree_.KindOf(Path("broken")), FileKind::kBrokenLink);
  EXPECT_EQ(tree_.KindOf(Path("loop")), FileKind::kBrokenLink);
  EXPECT_EQ(tree_.KindOf(Path("pipe")), FileKind::kOther);
  EXPECT_EQ(tree_.KindOf(Path("missing")), FileKind::kMissing);
}

TEST_F(DiskFileTreeTest, NamesAreSorted) {
  const auto names = tree_.List(root_.string());
  ASSERT_TRUE(names.ok()) << names.status();
  EXPECT_THAT(*names, ElementsAre("broken", "directory", "file", "link", "loop", "pipe"));
  EXPECT_FALSE(tree_.List(Path("missing")).ok());
}

TEST_F(DiskFileTreeTest, AStampTellsAChangedFile) {
  const auto before = tree_.StampOf(Path("link"));
  ASSERT_TRUE(before.has_value());
  EXPECT_EQ(before->bytes, 4);
  EXPECT_EQ(before->modified_ns, tree_.StampOf(Path("file"))->modified_ns);
  fs::last_write_time(root_ / "file",
                      fs::last_write_time(root_ / "file") + std::chrono::nanoseconds(1));
  EXPECT_EQ(tree_.StampOf(Path("link"))->modified_ns, before->modified_ns + 1);
  for (const char* other : {"directory", "broken", "loop", "pipe", "missing"}) {
    EXPECT_FALSE(tree_.StampOf(Path(other)).has_value()) << other;
  }
}

TEST_F(DiskFileTreeTest, ReadsUpToTheLimit) {
  EXPECT_EQ(tree_.Read(Path("file"), 4).value(), "text");
  EXPECT_TRUE(absl::IsResourceExhausted(tree_.Read(Path("file"), 3).status()));
  EXPECT_TRUE(absl::IsNotFound(tree_.Read(Path("missing"), 9).status()));
  EXPECT_TRUE(absl::IsNotFound(tree_.Read(Path("directory"), 9).status()));
  EXPECT_TRUE(absl::IsNotFound(tree_.Read(Path("pipe"), 9).status())) << "without waiting";
}

}  // namespace
}  // namespace convoy::models
