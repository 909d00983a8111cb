#include "models/config/config_place.h"

#include <algorithm>
#include <optional>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "compute/base/utf8.h"

namespace convoy::models {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using ParseInfoTree = google::protobuf::TextFormat::ParseInfoTree;
using ParseLocation = google::protobuf::TextFormat::ParseLocation;

constexpr int kTabWidth = 8;
constexpr size_t kMaxSourceBytes = 100;
constexpr size_t kSourceBytesBefore = 60;  // what a cut line keeps in front of its place

bool ContinuesCharacter(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

// The text's line, without its end. Nullopt behind the last one.
std::optional<std::string_view> LineOf(std::string_view text, int line) {
  for (; line > 0; --line) {
    const size_t end = text.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    text.remove_prefix(end + 1);
  }
  text = text.substr(0, text.find('\n'));
  if (!text.empty() && text.back() == '\r') text.remove_suffix(1);
  return text;
}

size_t ByteOf(std::string_view line, int column) {
  int reached = 0;
  size_t byte = 0;
  while (byte < line.size() && reached < column) {
    reached += line[byte] == '\t' ? kTabWidth - reached % kTabWidth : 1;
    ++byte;
  }
  return byte;
}

// Sets the part of the line that is shown.
void Show(std::string_view line, size_t byte, ConfigPlace& place) {
  size_t begin = 0;
  if (line.size() > kMaxSourceBytes && byte > kSourceBytesBefore) begin = byte - kSourceBytesBefore;
  while (begin > 0 && begin < line.size() && ContinuesCharacter(line[begin])) ++begin;
  size_t end = std::min(line.size(), begin + kMaxSourceBytes);
  while (end < line.size() && ContinuesCharacter(line[end])) ++end;
  const bool utf8 = compute::IsUtf8(line);
  place.source = begin > 0 ? "..." : "";
  place.mark = static_cast<int>(place.source.size());
  for (size_t i = begin; i < end; ++i) {
    const auto value = static_cast<unsigned char>(line[i]);
    const bool control = value < 0x20 || value == 0x7f;
    place.source += control ? ' ' : value >= 0x80 && !utf8 ? '?' : line[i];
    const bool character = !utf8 || !ContinuesCharacter(line[i]);
    if (i < byte && character) ++place.mark;
  }
  if (end < line.size()) place.source += "...";
}

ConfigPlace PlaceAtByte(std::string_view text, int line, size_t byte) {
  ConfigPlace place;
  const auto source = LineOf(text, line);
  if (!source.has_value()) return place;
  place.line = line + 1;
  place.column = static_cast<int>(byte) + 1;
  Show(*source, byte, place);
  return place;
}

// One step of a path: "input", "input[1]" or "parameters['key']".
struct Step {
  std::string_view field;
  int index = 0;
  std::optional<std::string_view> key;
};

// Cuts the first step off a path. An index that is no number is 0.
Step NextStep(std::string_view& path) {
  Step step;
  step.field = path.substr(0, path.find_first_of(".["));
  path.remove_prefix(step.field.size());
  if (path.starts_with("['")) {
    size_t end = path.find("']");
    while (end != std::string_view::npos && end + 2 < path.size() && path[end + 2] != '.') {
      end = path.find("']", end + 1);
    }
    if (end == std::string_view::npos) end = path.size();
    step.key = path.substr(2, end - 2);
    path.remove_prefix(std::min(path.size(), end + 2));
  } else if (path.starts_with("[")) {
    const size_t end = path.find(']');
    if (!absl::SimpleAtoi(std::string(path.substr(1, end - 1)), &step.index)) step.index = 0;
    path.remove_prefix(end == std::string_view::npos ? path.size() : end + 1);
  }
  if (path.starts_with(".")) path.remove_prefix(1);
  return step;
}

// The entry of a map field with this key, as the text gives it: the last one counts.
int EntryOf(const Message& message, const FieldDescriptor* field, std::string_view key) {
  const google::protobuf::Reflection& fields = *message.GetReflection();
  const FieldDescriptor* key_field = field->message_type()->map_key();
  for (int i = fields.FieldSize(message, field); i-- > 0;) {
    const Message& entry = fields.GetRepeatedMessage(message, field, i);
    std::string text;
    google::protobuf::TextFormat::PrintFieldValueToString(entry, key_field, -1, &text);
    if (key_field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
      text = entry.GetReflection()->GetString(entry, key_field);
    }
    if (text == key) return i;
  }
  return -1;
}

// The location of one field; a list in brackets has one for all its elements.
std::optional<ParseLocation> LocationOf(const ParseInfoTree& tree, const FieldDescriptor* field,
                                        int index) {
  for (int i = field->is_repeated() ? index : -1;; --i) {
    const ParseLocation location = tree.GetLocation(field, i);
    if (location.line >= 0) return location;
    if (i <= 0) return std::nullopt;
  }
}

std::optional<ParseLocation> Find(const Message& message, const ParseInfoTree& tree,
                                  std::string_view path) {
  const Step step = NextStep(path);
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(std::string(step.field));
  if (field == nullptr) return std::nullopt;
  const bool by_key = step.key.has_value() && field->is_map();
  const int index = by_key ? EntryOf(message, field, *step.key) : step.index;
  const google::protobuf::Reflection& fields = *message.GetReflection();
  const bool there = field->is_repeated() ? index >= 0 && index < fields.FieldSize(message, field)
                                          : fields.HasField(message, field);
  if (!there) return std::nullopt;
  std::optional<ParseLocation> found = LocationOf(tree, field, index);
  if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) return found;
  const ParseInfoTree* nested = tree.GetTreeForNested(field, field->is_repeated() ? index : -1);
  if (nested == nullptr) return found;
  const Message& inner = field->is_repeated() ? fields.GetRepeatedMessage(message, field, index)
                                              : fields.GetMessage(message, field);
  std::string rest(path);
  if (field->is_map()) rest = path.empty() ? "key" : absl::StrFormat("value.%s", path);
  if (rest.empty()) return found;
  const auto deeper = Find(inner, *nested, rest);
  return deeper.has_value() ? deeper : found;
}

}  // namespace

ConfigPlace PlaceAt(std::string_view text, int line, int column) {
  const auto source = LineOf(text, line);
  return PlaceAtByte(text, line, source.has_value() ? ByteOf(*source, column) : 0);
}

std::optional<size_t> OffsetOf(std::string_view text, int line, int column) {
  const auto source = LineOf(text, line);
  if (!source.has_value()) return std::nullopt;
  return static_cast<size_t>(source->data() - text.data()) + ByteOf(*source, column);
}

ConfigPlace PlaceOfWord(std::string_view text, int line, int column, std::string_view word) {
  for (int at = line; at >= 0 && !word.empty(); --at) {
    const auto source = LineOf(text, at);
    if (!source.has_value()) continue;
    const size_t limit = at == line ? ByteOf(*source, column) : source->size();
    const size_t byte = source->substr(0, limit).rfind(word);
    if (byte != std::string_view::npos) return PlaceAtByte(text, at, byte);
    if (line - at > 100) break;  // comments and blank lines between the two tokens
  }
  return PlaceAt(text, line, column);
}

ConfigPlace PlaceOfField(std::string_view text, const Message& message, const ParseInfoTree& tree,
                         std::string_view path) {
  const auto found = Find(message, tree, path);
  return found.has_value() ? PlaceAt(text, found->line, found->column) : ConfigPlace();
}

std::string Excerpt(const ConfigPlace& place) {
  if (place.line == 0) return "";
  return absl::StrFormat("    %s\n    %s^\n", place.source,
                         std::string(static_cast<size_t>(place.mark), ' '));
}

}  // namespace convoy::models
