#include "client/url.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace convoy::client {
namespace {

TEST(ParseUrlTest, CompletesWhatPeopleType) {
  EXPECT_EQ(*ParseUrl("localhost"), "localhost:8001");
  EXPECT_EQ(*ParseUrl("localhost:9000"), "localhost:9000");
  EXPECT_EQ(*ParseUrl("grpc://10.0.0.7:65535"), "10.0.0.7:65535");
  EXPECT_EQ(*ParseUrl("[::1]"), "[::1]:8001");
  EXPECT_EQ(*ParseUrl("[2001:db8::7]:81"), "[2001:db8::7]:81");
  EXPECT_EQ(*ParseUrl("unix:/run/convoy.sock"), "unix:/run/convoy.sock");
}

TEST(ParseUrlTest, RefusesWhatIsNoAddress) {
  for (const char* url :
       {"", ":8001", "localhost:", "localhost:0", "localhost:65536", "localhost:80x",
        "localhost:-1", "http://localhost:8001", "localhost:8001/v2", "a b", "[::1",
        "unix:", "grpc://", "localhost:99999999999999999999"}) {
    const absl::Status status = ParseUrl(url).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << url;
    EXPECT_THAT(std::string(status.message()),
                testing::AllOf(testing::HasSubstr(std::string("'") + url + "'"),
                               testing::HasSubstr("HOST:PORT")));
  }
}

}  // namespace
}  // namespace convoy::client
