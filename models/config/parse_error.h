// Protobuf's complaint about a config's text, in words that say what would be right. Pure.
#pragma once

#include <google/protobuf/descriptor.h>

#include <string>

namespace convoy::models {

struct ParseError {
  std::string message;
  std::string word;  // what it is about, where protobuf reports the place behind it; or empty
};

// `message` as protobuf's text parser gives it. Unknown fields and enum values come with the
// nearest one there is; `root` is the message that the text holds.
ParseError ExplainParseError(const std::string& message, const google::protobuf::Descriptor* root);

}  // namespace convoy::models
