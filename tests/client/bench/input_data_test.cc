#include "client/bench/input_data.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

namespace convoy::client {
namespace {

using testing::HasSubstr;

ModelDescription Model() {
  return {.name = "m",
          .versions = {},
          .platform = "",
          .inputs = {{"a", "FP32", {-1, 2}}, {"s", "BYTES", {-1, -1}}},
          .outputs = {}};
}

float FloatAt(const Tensor& tensor, size_t index) {
  float value = 0;
  std::memcpy(&value, tensor.bytes.data() + index * sizeof(float), sizeof(float));
  return value;
}

TEST(InputDataTest, ReadsFlatNestedAndEncodedValues) {
  const auto samples = ParseInputData(R"({"data": [
      {"a": [1, 2.5], "s": {"content": ["x", "yz"], "shape": [2]}},
      {"a": {"b64": "AACAPwAAAEA="}, "s": {"content": [["q"]], "shape": [1]}},
      [{"a": [[3, 4]], "s": {"content": [], "shape": [1]}}]]})",
                                      Model());
  ASSERT_TRUE(samples.ok()) << samples.status();
  ASSERT_EQ(samples->size(), 3U);
  EXPECT_EQ(FloatAt((*samples)[0].inputs[0], 1), 2.5F);
  EXPECT_EQ((*samples)[0].inputs[1].bytes, std::string("\1\0\0\0x\2\0\0\0yz", 11));
  EXPECT_EQ((*samples)[0].inputs[1].shape, (std::vector<int64_t>{2}));
  EXPECT_EQ(FloatAt((*samples)[1].inputs[0], 0), 1.0F);
  EXPECT_EQ(FloatAt((*samples)[1].inputs[0], 1), 2.0F);
  EXPECT_EQ(FloatAt((*samples)[2].inputs[0], 1), 4.0F);
}

TEST(InputDataTest, SaysWhatIsWrong) {
  const struct {
    const char* text;
    const char* message;
  } kCases[] = {{"{", "input data are not"},
                {"[]", "\"data\""},
                {R"({"data": []})", "empty"},
                {R"({"data": [3]})", "no object"},
                {R"({"data": [{"a": [1, 2]}]})", "'s' are missing"},
                {R"({"data": [{"a": [1, 2], "s": ["x"]}]})", "'s' need a \"shape\""},
                {R"({"data": [{"a": ["one"], "s": []}]})", "'a' hold"},
                {R"({"data": [{"a": {"b64": "%%"}, "s": []}]})", "base64"},
                {R"({"data": [{"a": 7, "s": []}]})", "no list"},
                {R"({"data": [{"a": {"content": [1], "shape": "x"}, "s": []}]})", "not as they"}};
  for (const auto& test : kCases) {
    const auto samples = ParseInputData(test.text, Model());
    ASSERT_FALSE(samples.ok()) << test.text;
    EXPECT_THAT(std::string(samples.status().message()), HasSubstr(test.message)) << test.text;
  }
}

}  // namespace
}  // namespace convoy::client
