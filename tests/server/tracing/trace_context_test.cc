#include "server/tracing/trace_context.h"

#include <gtest/gtest.h>

#include "absl/strings/str_format.h"

namespace convoy::server {
namespace {

constexpr std::string_view kExample = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

TEST(TraceContextTest, TheExampleOfTheSpecification) {
  const auto context = ParseTraceparent(kExample);
  ASSERT_TRUE(context.has_value());
  EXPECT_EQ(ToHex(context->trace_id), "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_EQ(ToHex(context->span_id), "00f067aa0ba902b7");
  EXPECT_TRUE(context->sampled);
  EXPECT_EQ(FormatTraceparent(*context), kExample);
}

TEST(TraceContextTest, OnlyTheLowestFlagMeansSampled) {
  for (const auto& [flags, sampled] :
       {std::pair("00", false), std::pair("02", false), std::pair("03", true)}) {
    const auto context = ParseTraceparent(absl::StrFormat("%s%s", kExample.substr(0, 53), flags));
    ASSERT_TRUE(context.has_value());
    EXPECT_EQ(context->sampled, sampled) << flags;
  }
}

TEST(TraceContextTest, LaterVersionsMaySayMore) {
  const std::string_view ids = kExample.substr(2);
  EXPECT_TRUE(ParseTraceparent(absl::StrFormat("01%s", ids)).has_value());
  EXPECT_TRUE(ParseTraceparent(absl::StrFormat("01%s-more", ids)).has_value());
  EXPECT_FALSE(ParseTraceparent(absl::StrFormat("01%smore", ids)).has_value());
}

TEST(TraceContextTest, WhatIsInvalidCountsAsAbsent) {
  for (const std::string& text :
       {std::string(), std::string("00"), absl::StrFormat("%s-more", kExample),
        std::string("ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
        std::string("00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01"),
        std::string("00-00000000000000000000000000000000-00f067aa0ba902b7-01"),
        std::string("00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01"),
        std::string("00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
        std::string("00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01"),
        std::string("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0")}) {
    EXPECT_FALSE(ParseTraceparent(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace convoy::server
