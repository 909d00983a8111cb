#include "models/config/config_place.h"

#include <gtest/gtest.h>

#include "inference/model_config.pb.h"

namespace convoy::models {
namespace {

class ConfigPlaceTest : public ::testing::Test {
 protected:
  void Parse(const std::string& text) {
    text_ = text;
    google::protobuf::TextFormat::Parser parser;
    parser.WriteLocationsTo(&tree_);
    ASSERT_TRUE(parser.ParseFromString(text, &config_));
  }
  // "line:column" of a field.
  std::string At(const std::string& path) const {
    const ConfigPlace place = PlaceOfField(text_, config_, tree_, path);
    return std::to_string(place.line) + ":" + std::to_string(place.column);
  }

  std::string text_;
  inference::ModelConfig config_;
  google::protobuf::TextFormat::ParseInfoTree tree_;
};

TEST_F(ConfigPlaceTest, FieldsAreFoundByTheirPaths) {
  Parse(R"(name: 'net'
input { name: 'x' dims: 3 dims: 4 }
input {
  name: 'y'
  reshape { shape: [1, 2] }
}
parameters { key: 'a' value { string_value: '1' } }
parameters {
  key: 'b.c[0]'
  value { string_value: '2' }
}
dynamic_batching { priority_queue_policy { key: 7 value { max_queue_size: 3 } } }
)");
  EXPECT_EQ(At("name"), "1:1");
  EXPECT_EQ(At("input[0]"), "2:1");
  EXPECT_EQ(At("input[0].name"), "2:9");
  EXPECT_EQ(At("input[0].dims"), "2:19");
  EXPECT_EQ(At("input[0].dims[1]"), "2:27");
  EXPECT_EQ(At("input[1].reshape"), "5:3");
  EXPECT_EQ(At("input[1].reshape.shape[1]"), "5:13") << "a list in brackets has one place";
  EXPECT_EQ(At("parameters['a']"), "7:14");
  EXPECT_EQ(At("parameters['b.c[0]']"), "9:3");
  EXPECT_EQ(At("dynamic_batching.priority_queue_policy['7'].max_queue_size"), "12:59");
}

TEST_F(ConfigPlaceTest, WhatIsNotThereHasThePlaceOfWhatHoldsItOrNone) {
  Parse("input { name: 'x' }\n");
  EXPECT_EQ(At("input[0].dims"), "1:1");
  EXPECT_EQ(At("input[0].no_such_field"), "1:1");
  EXPECT_EQ(At("output[0]"), "0:0");
  EXPECT_EQ(At("input[1].name"), "0:0");
  EXPECT_EQ(At("parameters['x']"), "0:0");
  for (const char* broken : {"", ".", "[", "input[", "input[]", "parameters['",
                             "input[99999999999]", "name.name", "input['x']"}) {
    EXPECT_NO_FATAL_FAILURE(At(broken)) << broken;
  }
}

TEST_F(ConfigPlaceTest, ListsInBracketsStandWhereTheListStands) {
  Parse("input [\n  { name: 'x' },\n  { name: 'y' }\n]\n");
  EXPECT_EQ(At("input[1].name"), "3:5");
  EXPECT_EQ(At("input[1]"), "1:1");
}

TEST(PlaceAtTest, TabsCountAsTheTokenizerCountsThem) {
  const ConfigPlace place = PlaceAt("a\n\tab\tc\r\nz", 1, 16);
  EXPECT_EQ(place.line, 2);
  EXPECT_EQ(place.column, 5);
  EXPECT_EQ(place.source, " ab c") << "no control bytes, no end of line";
  EXPECT_EQ(Excerpt(place), "     ab c\n        ^\n");
}

TEST(PlaceAtTest, LongLinesAreCutAndMarkedByCharacters) {
  std::string line(1001, 'a');
  line[500] = '!';
  const ConfigPlace place = PlaceAt(line, 0, 500);
  EXPECT_EQ(place.column, 501);
  EXPECT_EQ(place.source.size(), 106);
  EXPECT_EQ(place.source[static_cast<size_t>(place.mark)], '!');
  const ConfigPlace accents = PlaceAt("\xc3\xa9\xc3\xa9!", 0, 4);
  EXPECT_EQ(accents.mark, 2);
  const ConfigPlace binary = PlaceAt("\xff\xfe!", 0, 2);
  EXPECT_EQ(binary.source, "?\?!");
  EXPECT_EQ(binary.mark, 2);
  EXPECT_EQ(PlaceAt("a", 7, 0).line, 0);
  EXPECT_EQ(Excerpt(ConfigPlace()), "");
}

TEST(PlaceOfWordTest, LooksBackFromTheTokenBehind) {
  EXPECT_EQ(PlaceOfWord("ab: 1\n\nword\n # c\n:", 4, 0, "word").line, 3);
  EXPECT_EQ(PlaceOfWord("x word y", 0, 7, "word").column, 3);
  EXPECT_EQ(PlaceOfWord("x", 0, 0, "word").column, 1) << "where there is none, the place itself";
}

}  // namespace
}  // namespace convoy::models
