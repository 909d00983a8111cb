// Where something stands in the text of a config.pbtxt, and that line with a mark below it. Pure.
#pragma once

#include <google/protobuf/text_format.h>

#include <optional>
#include <string>
#include <string_view>

namespace convoy::models {

struct ConfigPlace {
  int line = 0;        // from 1; 0: the place is not known
  int column = 0;      // from 1, in bytes of the line
  std::string source;  // the line, fit to be printed: cut where it is long, no control bytes
  int mark = 0;        // the character of `source` that stands at the column
};

// `line` and `column` as protobuf's tokenizer counts: from 0, a tab reaching to the next multiple
// of 8. No place for a line behind the text.
ConfigPlace PlaceAt(std::string_view text, int line, int column);

// The byte of `text` at such a line and column; nullopt behind the last line.
std::optional<size_t> OffsetOf(std::string_view text, int line, int column);

// The last place before `column` where `word` stands, when there is one: some of protobuf's errors
// are reported at the token behind the one that they mean.
ConfigPlace PlaceOfWord(std::string_view text, int line, int column, std::string_view word);

// A field by its path: "input[1].dims", "parameters['image_size']". As near as the tree knows: the
// elements of a list in brackets stand where the list stands.
ConfigPlace PlaceOfField(std::string_view text, const google::protobuf::Message& message,
                         const google::protobuf::TextFormat::ParseInfoTree& tree,
                         std::string_view path);

// The line and below it a caret at the place, both indented.
std::string Excerpt(const ConfigPlace& place);

}  // namespace convoy::models
