#include "models/config/edit_config.h"

#include <google/protobuf/text_format.h>
#include <google/protobuf/util/message_differencer.h>

#include <algorithm>
#include <ranges>
#include <string_view>
#include <utility>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "compute/base/status.h"
#include "models/config/config_file.h"
#include "models/config/config_place.h"

namespace convoy::models {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::TextFormat;
using inference::ModelConfig;
using ParseInfoTree = TextFormat::ParseInfoTree;

constexpr char kBatching[] = "dynamic_batching";
constexpr char kGroup[] = "instance_group";
constexpr char kMaxBatch[] = "max_batch_size";
constexpr char kDelay[] = "max_queue_delay_microseconds";
constexpr char kPreferred[] = "preferred_batch_size";
constexpr char kCount[] = "count";

// One field's new text, "count: 2", or none: it is taken out.
struct FieldText {
  std::string parent;  // empty: the field stands at the top
  std::string name;
  std::string text;
};

std::vector<FieldText> FieldsOf(const BatchingEdit& edit) {
  std::vector<FieldText> fields;
  const auto number = [&](const char* parent, const char* name, int64_t value, bool always) {
    fields.push_back(
        {parent, name, value > 0 || always ? absl::StrFormat("%s: %d", name, value) : ""});
  };
  if (edit.max_batch_size.has_value()) number("", kMaxBatch, *edit.max_batch_size, true);
  if (edit.preferred_batch_sizes.has_value()) {
    const std::vector<int64_t>& sizes = *edit.preferred_batch_sizes;
    fields.push_back({kBatching, kPreferred,
                      sizes.empty()
                          ? ""
                          : absl::StrFormat("%s: [ %s ]", kPreferred, absl::StrJoin(sizes, ", "))});
  }
  if (edit.max_queue_delay_us.has_value()) {
    number(kBatching, kDelay, *edit.max_queue_delay_us, false);
  }
  if (edit.instance_count.has_value()) number(kGroup, kCount, *edit.instance_count, false);
  return fields;
}

// The edit as a change of the message: what the edited text must say.
void Apply(const BatchingEdit& edit, ModelConfig& config) {
  if (edit.max_batch_size.has_value()) {
    config.set_max_batch_size(static_cast<int32_t>(*edit.max_batch_size));
  }
  if (edit.preferred_batch_sizes.has_value()) {
    const std::vector<int64_t>& sizes = *edit.preferred_batch_sizes;
    if (!sizes.empty() || config.has_dynamic_batching()) {
      config.mutable_dynamic_batching()->mutable_preferred_batch_size()->Assign(sizes.begin(),
                                                                                sizes.end());
    }
  }
  if (edit.max_queue_delay_us.value_or(0) > 0 ||
      (edit.max_queue_delay_us.has_value() && config.has_dynamic_batching())) {
    config.mutable_dynamic_batching()->set_max_queue_delay_microseconds(
        static_cast<uint64_t>(*edit.max_queue_delay_us));
  }
  if (!edit.instance_count.has_value()) return;
  if (config.instance_group_size() == 0 && *edit.instance_count > 0) config.add_instance_group();
  if (config.instance_group_size() > 0) {
    config.mutable_instance_group(0)->set_count(static_cast<int32_t>(*edit.instance_count));
  }
}

struct Place {
  size_t begin = 0;
  size_t end = 0;
};

// Where the parser says that the field's occurrence `index` stands, name and value.
std::optional<Place> FindField(const std::string& text, const ParseInfoTree& tree,
                               const FieldDescriptor* field, int index) {
  const auto range = tree.GetLocationRange(field, index);
  if (range.start.line < 0 || range.end.line < 0) return std::nullopt;
  const std::optional<size_t> begin = OffsetOf(text, range.start.line, range.start.column);
  const std::optional<size_t> end = OffsetOf(text, range.end.line, range.end.column);
  if (!begin.has_value() || !end.has_value() || *end <= *begin) return std::nullopt;
  return Place{*begin, *end};
}

// Grows a place to its whole line where nothing else stands on it.
Place WithLine(const std::string& text, Place place) {
  const size_t before = text.find_last_not_of(" \t", place.begin == 0 ? 0 : place.begin - 1);
  const size_t after = text.find_first_not_of(" \t\r", place.end);
  const bool first = place.begin == 0 || before == std::string::npos || text[before] == '\n';
  const bool last = after == std::string::npos || text[after] == '\n';
  if (first && !last && text[after] == '#') place.end = after;  // the comment stays, alone
  if (!first || !last) return place;
  place.begin = place.begin == 0 || before == std::string::npos ? 0 : before + 1;
  place.end = after == std::string::npos ? text.size() : after + 1;
  return place;
}

// Puts `field` in front of the brace that closes the message in `place`.
void InsertInto(std::string& text, Place place, const std::string& field) {
  const size_t brace = text.find_last_of("}>", place.end - 1);
  const size_t last = text.find_last_not_of(" \t", brace - 1);
  const bool alone = text[last] == '\n';  // the brace has a line of its own
  const std::string indent = alone ? text.substr(last + 1, brace - last - 1) : "";
  text = absl::StrFormat("%s%s%s  %s\n%s%s", text.substr(0, last + 1), alone ? "" : "\n", indent,
                         field, indent, text.substr(brace));
}

void Append(std::string& text, const std::string& addition) {
  if (!text.empty() && text.back() != '\n') text += '\n';
  text += addition + "\n";
}

// The message that a field stands in, as the parser has seen it in a text.
struct Scope {
  ParseInfoTree* tree = nullptr;     // null: the message is not in the text
  const Descriptor* type = nullptr;  // of the message
  std::optional<Place> place;        // of the message; none: it is the whole text, or absent
};

Scope FindScope(const std::string& text, ParseInfoTree& tree, const std::string& parent) {
  const Descriptor* const whole = ModelConfig::descriptor();
  if (parent.empty()) return {&tree, whole, std::nullopt};
  const FieldDescriptor* outer = whole->FindFieldByName(parent);
  const int index = outer->is_repeated() ? 0 : -1;
  return {tree.GetTreeForNested(outer, index), outer->message_type(),
          FindField(text, tree, outer, index)};
}

// Takes out all occurrences of a repeated field but the first: one a line instead of a list. From
// the back, so that the places in front stay right.
void EraseRepeats(std::string& text, const ParseInfoTree& tree, const FieldDescriptor* field) {
  std::vector<Place> places;
  for (int i = 1;; ++i) {
    const std::optional<Place> place = FindField(text, tree, field, i);
    if (!place.has_value()) break;
    places.push_back(*place);
  }
  for (const Place& place : std::views::reverse(places)) {
    const Place line = WithLine(text, place);
    text.erase(line.begin, line.end - line.begin);
  }
}

void AddField(std::string& text, const FieldText& field, const std::optional<Place>& parent) {
  if (field.parent.empty()) {
    Append(text, field.text);
  } else if (parent.has_value()) {
    InsertInto(text, *parent, field.text);
  } else {
    Append(text, absl::StrFormat("%s {\n  %s\n}", field.parent, field.text));
  }
}

// Sets one field in the text. Whatever cannot be found is left; the caller compares.
void SetField(std::string& text, const FieldText& field) {
  ModelConfig config;
  ParseInfoTree tree;
  TextFormat::Parser parser;
  parser.WriteLocationsTo(&tree);
  if (!parser.ParseFromString(text, &config)) return;
  const Scope scope = FindScope(text, tree, field.parent);
  const FieldDescriptor* inner = scope.type->FindFieldByName(field.name);
  std::optional<Place> old;
  if (scope.tree != nullptr) {
    old = FindField(text, *scope.tree, inner, inner->is_repeated() ? 0 : -1);
    if (inner->is_repeated()) EraseRepeats(text, *scope.tree, inner);
  }
  if (old.has_value()) {
    const Place place = field.text.empty() ? WithLine(text, *old) : *old;
    text.replace(place.begin, place.end - place.begin, field.text);
  } else if (!field.text.empty()) {
    AddField(text, field, scope.place);
  }
}

bool Says(const std::string& text, const ModelConfig& wanted) {
  const ConfigFile file = ConfigFile::Parse(text, "");
  return file.status().ok() &&
         google::protobuf::util::MessageDifferencer::Equivalent(file.proto(), wanted);
}

// A comment ends with its line: what a driver calls its device must not go on as a setting.
std::string OneLine(std::string comment) {
  std::ranges::replace_if(
      comment, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  return comment;
}

std::string WithComments(std::string_view text, const std::vector<std::string>& comments) {
  std::string all;
  for (const std::string& comment : comments) all += kTuneComment + OneLine(comment) + "\n";
  while (text.starts_with(kTuneComment)) {
    const size_t end = text.find('\n');
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return all + std::string(text);
}

std::string ListOf(const ModelConfig& config) {
  const auto& sizes = config.dynamic_batching().preferred_batch_size();
  return sizes.empty() ? "none" : absl::StrFormat("[ %s ]", absl::StrJoin(sizes, ", "));
}

std::vector<std::string> ChangesBetween(const ModelConfig& before, const ModelConfig& after) {
  std::vector<std::string> changes;
  const auto note = [&](const char* field, const std::string& a, const std::string& b) {
    if (a != b) changes.push_back(absl::StrFormat("%s: %s -> %s", field, a, b));
  };
  const auto count = [](const ModelConfig& config) -> int64_t {
    return config.instance_group_size() == 0 ? 0 : config.instance_group(0).count();
  };
  const auto rows = [](const ModelConfig& config) {
    return config.max_batch_size() == 0 ? "none" : std::to_string(config.max_batch_size());
  };
  note(kMaxBatch, rows(before), rows(after));
  note("dynamic_batching.preferred_batch_size", ListOf(before), ListOf(after));
  note("dynamic_batching.max_queue_delay_microseconds",
       std::to_string(before.dynamic_batching().max_queue_delay_microseconds()),
       std::to_string(after.dynamic_batching().max_queue_delay_microseconds()));
  note("instance_group.count", std::to_string(count(before)), std::to_string(count(after)));
  return changes;
}

}  // namespace

absl::StatusOr<EditedConfig> EditConfig(const std::string& text, const BatchingEdit& edit,
                                        const std::vector<std::string>& comments) {
  CONVOY_ASSIGN_OR_RETURN(const ModelConfig before, ParseConfig(text, "config.pbtxt"));
  if (edit.instance_count.has_value() && before.instance_group_size() > 1) {
    return absl::FailedPreconditionError(
        absl::StrFormat("The config has %d instance groups; a count is set where there is one.",
                        before.instance_group_size()));
  }
  ModelConfig wanted = before;
  Apply(edit, wanted);
  EditedConfig edited{.text = text, .changes = ChangesBetween(before, wanted)};
  for (const FieldText& field : FieldsOf(edit)) SetField(edited.text, field);
  if (!Says(edited.text, wanted)) {
    edited.rewritten = true;
    TextFormat::PrintToString(wanted, &edited.text);
  }
  edited.text = WithComments(edited.text, comments);
  return edited;
}

}  // namespace convoy::models
