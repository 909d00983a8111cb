#include "server/rpc/status_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace convoy::server {
namespace {

using ::testing::EndsWith;
using ::testing::StartsWith;

TEST(ToGrpcStatus, KeepsCodeAndText) {
  const grpc::Status status = ToGrpcStatus(absl::NotFoundError("no 'Größe' here"));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(status.error_message(), "no 'Größe' here");
  EXPECT_TRUE(ToGrpcStatus(absl::OkStatus()).ok());
}

TEST(ClientText, CutsAtTheBorderOfACharacter) {
  const std::string cut = " ... (cut)";
  // The limit falls inside a character of two, three and four bytes, wherever it begins.
  for (const std::string character : {"a", "ö", "€", "😀"}) {
    for (size_t shift = 0; shift < 4; ++shift) {
      std::string text(shift, '.');
      while (text.size() <= kMaxStatusMessageBytes) text += character;
      const std::string shown = ClientText(text);
      ASSERT_THAT(shown, EndsWith(cut));
      const size_t kept = shown.size() - cut.size();
      EXPECT_LE(kept, kMaxStatusMessageBytes);
      EXPECT_GT(kept + character.size(), kMaxStatusMessageBytes);
      EXPECT_EQ((kept - shift) % character.size(), 0u);
      EXPECT_THAT(text, StartsWith(shown.substr(0, kept)));
    }
  }
  const std::string whole(kMaxStatusMessageBytes, 'a');
  EXPECT_EQ(ClientText(whole), whole);
}

TEST(ClientText, ReplacesWhatIsNoUtf8) {
  EXPECT_EQ(ClientText("a\xff"
                       "b"),
            "a?b");
  EXPECT_EQ(ClientText("cut \xc3"), "cut ?");
  EXPECT_EQ(ClientText("\xe2\x82"), "??");
  EXPECT_EQ(ClientText("\xc0\xaf"), "??");            // longer than need be
  EXPECT_EQ(ClientText("\xed\xa0\x80"), "???");       // a surrogate
  EXPECT_EQ(ClientText("\xf4\x90\x80\x80"), "????");  // beyond U+10FFFF
  EXPECT_EQ(ClientText("\x80"), "?");
}

}  // namespace
}  // namespace convoy::server
