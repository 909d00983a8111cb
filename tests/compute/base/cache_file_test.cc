#include "compute/base/cache_file.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

namespace convoy::compute {
namespace {

class CacheFileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(::testing::TempDir()) / "convoy_cache_file_test";
    std::filesystem::remove_all(folder_);
    setenv("XDG_CACHE_HOME", folder_.c_str(), 1);
  }
  void TearDown() override {
    unsetenv("XDG_CACHE_HOME");
    std::filesystem::remove_all(folder_);
  }

  std::filesystem::path folder_;
};

TEST_F(CacheFileTest, WhatIsWrittenIsRead) {
  const std::string path = CacheFilePath("some");
  EXPECT_EQ(path, (folder_ / "convoy" / "some").string());
  EXPECT_EQ(ReadCacheFile(path), std::nullopt);
  const std::string bytes("a\0b", 3);
  ASSERT_TRUE(WriteCacheFile(path, bytes));
  EXPECT_EQ(ReadCacheFile(path), bytes);
  ASSERT_TRUE(WriteCacheFile(path, "shorter"));
  EXPECT_EQ(ReadCacheFile(path), "shorter");
}

TEST_F(CacheFileTest, NoTemporaryFileIsLeft) {
  ASSERT_TRUE(WriteCacheFile(CacheFilePath("some"), "bytes"));
  const auto files = std::filesystem::directory_iterator(folder_ / "convoy");
  EXPECT_EQ(std::distance(begin(files), end(files)), 1);
}

TEST_F(CacheFileTest, AFolderThatCannotBeMadeIsNoCrash) {
  EXPECT_FALSE(WriteCacheFile("/proc/no/such/folder/file", "bytes"));
}

TEST_F(CacheFileTest, ARelativeCacheHomeFallsBackToHome) {
  setenv("XDG_CACHE_HOME", "relative", 1);
  const char* home = std::getenv("HOME");
  const std::string saved = home == nullptr ? "" : home;
  setenv("HOME", "/home/somebody", 1);
  EXPECT_EQ(CacheFilePath("some"), "/home/somebody/.cache/convoy/some");
  unsetenv("HOME");
  EXPECT_EQ(CacheFilePath("some"), "");
  if (home != nullptr) setenv("HOME", saved.c_str(), 1);
}

TEST(SealedCacheTest, OpensWithItsKey) {
  const std::string bytes("driver\n\0\nblob", 13);
  EXPECT_EQ(OpenSealedCache("device | driver", SealCache("device | driver", bytes)), bytes);
  EXPECT_EQ(OpenSealedCache("device", SealCache("device", "")), "");
}

TEST(SealedCacheTest, ForeignFilesAreIgnored) {
  EXPECT_EQ(OpenSealedCache("device | driver 2", SealCache("device | driver 1", "bytes")),
            std::nullopt);
  EXPECT_EQ(OpenSealedCache("device", ""), std::nullopt);
  EXPECT_EQ(OpenSealedCache("device", "\n\n\n"), std::nullopt);
  EXPECT_EQ(OpenSealedCache("device", std::string(1000, '\xff')), std::nullopt);
}

TEST(SealedCacheTest, EveryDamagedBitAndEveryCutIsNoticed) {
  const std::string sealed = SealCache("device", "some bytes of a driver");
  for (size_t i = 0; i < sealed.size(); ++i) {
    EXPECT_EQ(OpenSealedCache("device", sealed.substr(0, i)), std::nullopt) << i;
    for (int bit = 0; bit < 8; ++bit) {
      std::string damaged = sealed;
      damaged[i] = static_cast<char>(damaged[i] ^ (1 << bit));
      EXPECT_EQ(OpenSealedCache("device", damaged), std::nullopt) << i << " bit " << bit;
    }
  }
  EXPECT_EQ(OpenSealedCache("device", sealed + "more"), std::nullopt);
}

}  // namespace
}  // namespace convoy::compute
