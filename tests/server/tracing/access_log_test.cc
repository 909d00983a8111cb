#include "server/tracing/access_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "compute/base/log.h"
#include "compute/base/log_settings.h"
#include "server/tracing/access_log_rule.h"

namespace convoy::server {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(AccessLogRule, IsReadAndWritten) {
  for (const char* text : {"off", "errors", "all", "slow:50", "slow:1"}) {
    const auto rule = ParseAccessLog(text);
    ASSERT_TRUE(rule.ok()) << rule.status();
    EXPECT_EQ(FormatAccessLog(*rule), text);
  }
  EXPECT_EQ(FormatAccessLog({}), "off");
  for (const char* text : {"", "on", "slow", "slow:", "slow:0", "slow:-1", "slow:1s", "All"}) {
    EXPECT_EQ(ParseAccessLog(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
}

TEST(AccessLogRule, ChoosesByErrorAndTime) {
  const absl::Duration fast = absl::Milliseconds(49), slow = absl::Milliseconds(50);
  const auto ok = absl::StatusCode::kOk, failed = absl::StatusCode::kUnavailable;
  EXPECT_FALSE(Wants({}, failed, slow));
  EXPECT_FALSE(Wants(*ParseAccessLog("errors"), ok, slow));
  EXPECT_TRUE(Wants(*ParseAccessLog("errors"), failed, fast));
  EXPECT_FALSE(Wants(*ParseAccessLog("slow:50"), ok, fast));
  EXPECT_TRUE(Wants(*ParseAccessLog("slow:50"), ok, slow));
  EXPECT_TRUE(Wants(*ParseAccessLog("slow:50"), failed, fast));
  EXPECT_TRUE(Wants(*ParseAccessLog("all"), ok, fast));
}

std::string Written(compute::LogFormat format, const AccessRecord& record) {
  const compute::LogSettings before = compute::GetLogSettings();
  compute::LogSettings settings = before;
  settings.format = format;
  compute::ChangeLogSettings(settings);
  ::testing::internal::CaptureStderr();
  WriteAccess(record);
  compute::ChangeLogSettings(before);
  return ::testing::internal::GetCapturedStderr();
}

const AccessRecord kRecord{.request_id = "forged\nline\"",
                           .trace_id = "4bf9",
                           .method = "ModelInfer",
                           .model = "net",
                           .version = "3",
                           .peer = "ipv4:10.0.0.7:51234",
                           .status = absl::UnavailableError("the queue is full"),
                           .rows = 2,
                           .batch_rows = 4,
                           .total = absl::Microseconds(1520),
                           .queue = absl::Microseconds(20)};

TEST(AccessLog, IsOneObjectAsJson) {
  const auto line = nlohmann::json::parse(Written(compute::LogFormat::kJson, kRecord));
  EXPECT_EQ(line["msg"], "request");
  EXPECT_EQ(line["request_id"], "forged\nline\"");
  EXPECT_EQ(line["trace_id"], "4bf9");
  EXPECT_EQ(line["code"], "UNAVAILABLE");
  EXPECT_EQ(line["error"], "the queue is full");
  EXPECT_EQ(line["total_us"], 1520);
  EXPECT_EQ(line["batch"], 4);
}

TEST(AccessLog, IsOneLineAsTextWhateverAClientSends) {
  const std::string line = Written(compute::LogFormat::kIso8601, kRecord);
  EXPECT_EQ(line.find('\n'), line.size() - 1) << line;
  EXPECT_THAT(line, HasSubstr("info request request_id='forged\\x0aline\"' method=ModelInfer "));
  EXPECT_THAT(line, HasSubstr(" total_us=1520 "));
  EXPECT_THAT(line, HasSubstr(" error='the queue is full'"));
  AccessRecord good = kRecord;
  good.status = absl::OkStatus();
  good.trace_id = "";
  good.request_id = std::string(100'000, 'x');
  const std::string other = Written(compute::LogFormat::kIso8601, good);
  EXPECT_THAT(other, Not(HasSubstr("error=")));
  EXPECT_THAT(other, Not(HasSubstr("trace_id=")));
  EXPECT_LT(other.size(), 1000u);
}

TEST(AccessLog, RequestIdsAreUnlikeEachOther) {
  const std::string id = NewRequestId();
  EXPECT_EQ(id.size(), 32u);
  EXPECT_NE(id, NewRequestId());
}

}  // namespace
}  // namespace convoy::server
