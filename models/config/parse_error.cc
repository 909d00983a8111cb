#include "models/config/parse_error.h"

#include <set>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "compute/base/nearest.h"
#include "compute/base/quote.h"

namespace convoy::models {
namespace {

using compute::Quote;
using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;

// What stands between the first pair of quotes after each of `marks`, in this order; empty when
// one is missing.
std::vector<std::string> Quoted(const std::string& message,
                                std::initializer_list<const char*> marks) {
  std::vector<std::string> found;
  size_t at = 0;
  for (const std::string mark : marks) {
    const size_t begin = message.find(mark, at);
    const size_t end = begin == std::string::npos ? begin : message.find('"', begin + mark.size());
    if (end == std::string::npos) return {};
    found.push_back(message.substr(begin + mark.size(), end - begin - mark.size()));
    at = end;
  }
  return found;
}

// Beyond the length of any field; the distance of two words takes time by both lengths.
constexpr size_t kMaxWordBytes = 64;

std::string NearestTo(const std::string& word, const std::vector<std::string>& words) {
  return word.size() > kMaxWordBytes ? "" : compute::Nearest(word, words);
}

// The types of all enum fields of this name, in `message` and in what it holds.
void FindEnums(const Descriptor* message, const std::string& field,
               std::set<const Descriptor*>& seen, std::vector<const EnumDescriptor*>& found) {
  if (!seen.insert(message).second) return;
  for (int i = 0; i < message->field_count(); ++i) {
    const FieldDescriptor* each = message->field(i);
    if (each->name() == field && each->enum_type() != nullptr) found.push_back(each->enum_type());
    if (each->message_type() != nullptr) FindEnums(each->message_type(), field, seen, found);
  }
}

ParseError UnknownField(const std::string& type, const std::string& name, const Descriptor* root) {
  const Descriptor* message = root->file()->pool()->FindMessageTypeByName(type);
  std::vector<std::string> names;
  for (int i = 0; message != nullptr && i < message->field_count(); ++i) {
    names.push_back(message->field(i)->name());
  }
  const std::string nearest = NearestTo(name, names);
  const std::string hint = nearest.empty() ? "fields are " + absl::StrJoin(names, ", ")
                                           : absl::StrFormat("did you mean '%s'?", nearest);
  return {absl::StrFormat("%s has no field %s; %s", type.substr(type.rfind('.') + 1), Quote(name),
                          hint),
          name};
}

std::vector<std::string> ValuesOf(const EnumDescriptor* type) {
  std::vector<std::string> names;
  for (int i = 0; i < type->value_count(); ++i) names.push_back(type->value(i)->name());
  return names;
}

// Several fields have one name (`kind`): the type with a value near the given one is meant.
ParseError UnknownValue(const std::string& value, const std::string& field,
                        const Descriptor* root) {
  std::set<const Descriptor*> seen;
  std::vector<const EnumDescriptor*> types;
  FindEnums(root, field, seen, types);
  std::vector<std::string> names;
  for (const EnumDescriptor* type : types) {
    const std::vector<std::string> values = ValuesOf(type);
    if (names.empty() || !NearestTo(value, values).empty()) names = values;
  }
  return {absl::StrFormat("%s is no value of '%s'; allowed are %s", Quote(value), field,
                          absl::StrJoin(names, ", ")),
          value};
}

}  // namespace

ParseError ExplainParseError(const std::string& message, const Descriptor* root) {
  if (const auto found = Quoted(message, {"Message type \"", "has no field named \""});
      found.size() == 2) {
    return UnknownField(found[0], found[1], root);
  }
  if (const auto found = Quoted(message, {"Unknown enumeration value of \"", "for field \""});
      found.size() == 2) {
    return UnknownValue(found[0], found[1], root);
  }
  std::string plain = message;
  while (!plain.empty() && plain.back() == '.') plain.pop_back();
  // Text of the config may be in it, of any length.
  if (plain.size() > compute::kMaxQuotedBytes) plain = Quote(plain);
  return {plain, ""};
}

}  // namespace convoy::models
