#include "server/edge/token_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/fake_clock.h"
#include "tests/support/scratch_folder.h"

namespace convoy::server {
namespace {

using ::convoy::testing::FakeClock;
using ::convoy::testing::ScratchFolder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class TokenFileTest : public ::testing::Test {
 protected:
  // As an editor does, with a later time of change however coarse the file system's clock is.
  void Write(const std::string& text) {
    path_ = folder_.Write("tokens", text);
    changed_ += std::chrono::seconds(1);
    std::filesystem::last_write_time(path_, changed_);
  }

  ScratchFolder folder_;
  FakeClock clock_;
  std::string path_;
  std::filesystem::file_time_type changed_ = std::filesystem::file_time_type::clock::now();
};

TEST_F(TokenFileTest, AChangeIsSeenAfterTheInterval) {
  Write("first-first-first\n");
  auto file = TokenFile::Open(path_, clock_);
  ASSERT_TRUE(file.ok()) << file.status();
  Write("second-second-second\n");
  EXPECT_THAT(*(*file)->Tokens(), ElementsAre("first-first-first"));
  clock_.Advance(TokenFile::kInterval);
  EXPECT_THAT(*(*file)->Tokens(), ElementsAre("second-second-second"));
}

TEST_F(TokenFileTest, TheLastGoodTokensStay) {
  Write("first-first-first\n");
  auto file = TokenFile::Open(path_, clock_);
  ASSERT_TRUE(file.ok()) << file.status();
  Write("short\n");
  clock_.Advance(TokenFile::kInterval);
  EXPECT_THAT(*(*file)->Tokens(), ElementsAre("first-first-first"));
  std::filesystem::remove(path_);
  clock_.Advance(TokenFile::kInterval);
  EXPECT_THAT(*(*file)->Tokens(), ElementsAre("first-first-first"));
  Write("second-second-second\n");
  clock_.Advance(TokenFile::kInterval);
  EXPECT_THAT(*(*file)->Tokens(), ElementsAre("second-second-second"));
}

TEST_F(TokenFileTest, ErrorsNameThePath) {
  EXPECT_THAT(TokenFile::Open(folder_.Path("absent"), clock_).status().ToString(),
              HasSubstr("absent': No such file"));
  Write("short\n");
  EXPECT_THAT(TokenFile::Open(path_, clock_).status().ToString(), HasSubstr("Line 1 is no token"));
}

}  // namespace
}  // namespace convoy::server
