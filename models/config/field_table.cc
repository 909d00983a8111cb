#include "models/config/field_table.h"

#include <algorithm>
#include <functional>
#include <set>

#include "absl/strings/str_format.h"
#include "compute/base/quote.h"
#include "compute/base/utf8.h"

namespace convoy::models {
namespace {

using compute::Quote;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Beyond what any network has; keeps what is quadratic in a list harmless.
constexpr int kMaxListed = 4096;

constexpr FieldUse kHonoured = FieldUse::kHonoured;
constexpr FieldUse kLeftOut = FieldUse::kLeftOut;
constexpr FieldUse kRefused = FieldUse::kRefused;

// In the order of the page.
constexpr FieldRow kRows[] = {
    {"name", kHonoured, "must equal the directory's name, or be absent"},
    {"platform", kHonoured,
     "absent, `onnxruntime_onnx`, `onnxruntime` or `convoy`; any other is an error"},
    {"backend", kHonoured, "the same names"},
    {"default_model_filename", kHonoured, "the file in each version's folder; `model.onnx`"},
    {"version_policy", kHonoured,
     "`latest { num_versions: N }`, `all {}` or `specific { versions: [...] }`; the highest "
     "version alone"},
    {"max_batch_size", kHonoured,
     "most rows of one request, up to 16384, and of a batch, where `--largest-batch` and the "
     "device's memory allow as many; 0: the tensors have no batch dimension"},
    {"input.name", kHonoured, "the file's"},
    {"input.data_type", kHonoured, "must be the file's"},
    {"input.dims", kHonoured,
     "without the batch dimension; may fix what the file leaves open; -1: each request chooses"},
    {"input.format", kHonoured, "`FORMAT_NCHW` or `FORMAT_NHWC` of an image input of three dims"},
    {"input.reshape", kHonoured,
     "the network's dims where they differ from `dims`: as many elements, and as many -1"},
    {"input.optional", kRefused, "the network needs each of its inputs"},
    {"input.is_shape_tensor", kRefused, "shapes are read from the model file"},
    {"input.allow_ragged_batch", kRefused,
     "rows of one batch have one shape; other shapes run in batches of their own"},
    {"input.is_non_linear_format_io", kRefused, "tensors are dense and row-major"},
    {"output.name", kHonoured, "the file's; outputs that are not listed are not served"},
    {"output.data_type", kHonoured, "must be the file's"},
    {"output.dims", kHonoured, "as for inputs"},
    {"output.label_filename", kHonoured,
     "one label a line, below the model's directory; `labels.txt` of output 0 is found without it"},
    {"output.reshape", kHonoured, "the network's dims, from which replies are reshaped to `dims`"},
    {"output.is_shape_tensor", kRefused, "shapes are read from the model file"},
    {"output.is_non_linear_format_io", kRefused, "tensors are dense and row-major"},
    {"batch_input", kRefused,
     "an extra input that a batch is to be described by; no batch is ragged here"},
    {"batch_output", kRefused, "outputs are cut by rows"},
    {"dynamic_batching.max_queue_delay_microseconds", kHonoured, "up to an hour"},
    {"dynamic_batching.default_queue_policy.max_queue_size", kHonoured,
     "requests of each level that wait; 0: the server's `--max-queue-size`"},
    {"dynamic_batching.preferred_batch_size", kHonoured,
     "1 to `max_batch_size`; a batch that waits for company (see the delay) ends its waiting at "
     "one "
     "of these sizes; full batches run in any case"},
    {"dynamic_batching.preserve_ordering", kHonoured,
     "batches are taken in the order of arrival, deadlines or not, and run one at a time on the "
     "whole device, so that answers keep the order; errors do not wait their turn; not together "
     "with several priorities or `DELAY`"},
    {"dynamic_batching.priority_levels", kHonoured,
     "up to 1024; 1 goes first, strictly, but once a second the request that has waited longest "
     "(over a second) goes first whatever its level"},
    {"dynamic_batching.default_priority_level", kHonoured,
     "1 to `priority_levels`; of requests whose parameter `priority` is missing, 0 or beyond the "
     "levels"},
    {"dynamic_batching.default_queue_policy.timeout_action", kHonoured,
     "`REJECT`: `UNAVAILABLE` at the moment of the timeout; `DELAY`: the request goes on waiting "
     "behind all of its level that have time left"},
    {"dynamic_batching.default_queue_policy.default_timeout_microseconds", kHonoured,
     "up to a day; 0: none"},
    {"dynamic_batching.default_queue_policy.allow_timeout_override", kHonoured,
     "whether a request's parameter `timeout` may shorten the default; without a default it counts "
     "in any case"},
    {"dynamic_batching.priority_queue_policy", kHonoured,
     "policies of single levels; a level without one has `default_queue_policy`"},
    {"sequence_batching", kRefused, "requests are independent of one another"},
    {"ensemble_scheduling", kRefused, "a chain of models: send the requests one after the other"},
    {"instance_group.name", kHonoured, "carried along"},
    {"instance_group.count", kHonoured,
     "batches of the model that run at once, of all groups together (up to 64), each in memory of "
     "its own; a CPU has no more than its lanes; 0: the device, or `--lanes`, decides"},
    {"instance_group.kind", kHonoured,
     "`KIND_GPU` is an error where the server computes on the CPU; `KIND_CPU` runs on the server's "
     "device all the same"},
    {"instance_group.gpus", kHonoured, "must be the number 0: a server computes on one device"},
    {"instance_group.profile", kLeftOut, "shapes are compiled as they come"},
    {"instance_group.rate_limiter", kLeftOut,
     "models share the device in the order of their batches"},
    {"instance_group.passive", kLeftOut,
     "the group is taken for one that takes no requests, and is not counted"},
    {"instance_group.secondary_devices", kLeftOut, "a model runs on the server's one device"},
    {"instance_group.host_policy", kLeftOut, "threads are bound by the server's options"},
    {"model_warmup", kHonoured,
     "runs before the model counts as ready; a sample that fails fails the load; files lie below "
     "`warmup/`"},
    {"metric_tags", kHonoured, "labels of the model's metrics, each with `_` in front"},
    {"parameters", kHonoured,
     "`image_*` and `classify_softmax`, see [models](models.md); others are carried along, with a "
     "warning"},
    {"response_cache.enable", kHonoured,
     "a request whose inputs were seen before is answered without a batch, where the server has "
     "`--cache-config`"},
    {"optimization.graph", kLeftOut, "the passes always run"},
    {"optimization.priority", kLeftOut, "models share the device in the order of their batches"},
    {"optimization.cuda", kLeftOut,
     "there is no CUDA; Vulkan's commands are recorded once in any case"},
    {"optimization.execution_accelerators", kLeftOut, "the kernels are Convoy's own"},
    {"optimization.input_pinned_memory", kLeftOut,
     "inputs are written where the device reads them in any case"},
    {"optimization.output_pinned_memory", kLeftOut,
     "outputs are read where the device writes them in any case"},
    {"optimization.gather_kernel_buffer_threshold", kLeftOut, "rows are gathered by copies"},
    {"optimization.eager_batching", kLeftOut, "an idle device takes what there is in any case"},
    {"runtime", kLeftOut, "the runtime is Convoy itself"},
    {"cc_model_filenames", kLeftOut, "one file serves every device"},
    {"model_metrics", kLeftOut, "the histograms have buckets of their own"},
    {"model_operations", kRefused, "libraries of operators are not loaded"},
    {"model_transaction_policy.decoupled", kRefused, "a request has one response"},
    {"model_repository_agents", kRefused, "what an agent would do to the files is not done"},
};

const FieldRow* FindRow(const std::string& path) {
  const auto* const found = std::find_if(std::begin(kRows), std::end(kRows),
                                         [&](const FieldRow& row) { return row.path == path; });
  return found == std::end(kRows) ? nullptr : found;
}

// A field that is set: `path` as the table writes it, `place` with the indices and keys of this
// one.
struct SetField {
  std::string path;
  std::string place;
  const Message& message;
  const FieldDescriptor* field;
};
// False: what is inside of the field is not visited.
using Visit = std::function<bool(const SetField&)>;

std::string KeyOf(const Message& entry) {
  const FieldDescriptor* key = entry.GetDescriptor()->map_key();
  const google::protobuf::Reflection& fields = *entry.GetReflection();
  if (key->cpp_type() == FieldDescriptor::CPPTYPE_STRING) return fields.GetString(entry, key);
  return absl::StrFormat("%d", fields.GetUInt64(entry, key));  // priority_queue_policy's
}

void Walk(const Message& message, const std::string& path, const std::string& place,
          const Visit& visit) {
  const google::protobuf::Reflection& fields = *message.GetReflection();
  std::vector<const FieldDescriptor*> set;
  fields.ListFields(message, &set);
  for (const FieldDescriptor* field : set) {
    const SetField here{path + field->name(), place + field->name(), message, field};
    if (!visit(here) || field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) {
      Walk(fields.GetMessage(message, field), here.path + ".", here.place + ".", visit);
      continue;
    }
    for (int i = 0; i < fields.FieldSize(message, field); ++i) {
      const Message& inner = fields.GetRepeatedMessage(message, field, i);
      const std::string index =
          field->is_map() ? absl::StrFormat("['%s'].", KeyOf(inner)) : absl::StrFormat("[%d].", i);
      Walk(inner, here.path + ".", here.place + index, visit);
    }
  }
}

// What is wrong with a field whatever it means.
absl::Status CheckForm(const SetField& set) {
  const google::protobuf::Reflection& fields = *set.message.GetReflection();
  const int count = set.field->is_repeated() ? fields.FieldSize(set.message, set.field) : 1;
  if (count > kMaxListed) {
    return absl::InvalidArgumentError(
        absl::StrFormat("'%s' lists %d; at most %d are allowed", set.path, count, kMaxListed));
  }
  if (set.field->cpp_type() != FieldDescriptor::CPPTYPE_STRING) return absl::OkStatus();
  for (int i = 0; i < count; ++i) {
    const std::string text = set.field->is_repeated()
                                 ? fields.GetRepeatedString(set.message, set.field, i)
                                 : fields.GetString(set.message, set.field);
    if (compute::IsUtf8(text)) continue;
    return absl::InvalidArgumentError(absl::StrFormat("'%s' is no UTF-8", set.path));
  }
  return absl::OkStatus();
}

std::string_view HeadingOf(FieldUse use) {
  switch (use) {
    case FieldUse::kHonoured:
      return "honoured";
    case FieldUse::kLeftOut:
      return "left out, with a warning";
    case FieldUse::kRefused:
      return "refused";
  }
  return "";
}

}  // namespace

std::span<const FieldRow> FieldTable() { return kRows; }

std::vector<ConfigFault> FindRefused(const inference::ModelConfig& config) {
  ConfigFaults faults;
  Walk(config, "", "", [&](const SetField& set) {
    if (!faults.Check(set.place, CheckForm(set))) return false;
    const FieldRow* row = FindRow(set.path);
    if (row == nullptr || row->use != kRefused) return true;
    faults.Check(set.place, absl::UnimplementedError(
                                absl::StrFormat("'%s' is not supported: %s", set.path, row->text)));
    return false;
  });
  return faults.list();
}

std::vector<ConfigFault> FindLeftOut(const inference::ModelConfig& config) {
  ConfigFaults faults;
  std::set<std::string> seen;
  Walk(config, "", "", [&](const SetField& set) {
    const FieldRow* row = FindRow(set.path);
    if (row == nullptr) return true;
    if (row->use == kLeftOut && seen.insert(set.path).second) {
      faults.Check(set.place, absl::UnimplementedError(
                                  absl::StrFormat("'%s' is not used: %s", set.path, row->text)));
    }
    return false;
  });
  std::set<std::string> keys;
  for (const auto& [key, value] : config.parameters()) {
    // Keys that begin so and do not exist are errors of ImageSettingsOf.
    if (!key.starts_with("image_") && key != "classify_softmax") keys.insert(key);
  }
  for (const std::string& key : keys) {
    faults.Check(absl::StrFormat("parameters['%s']", key),
                 absl::UnimplementedError(
                     absl::StrFormat("parameter %s means nothing to Convoy", Quote(key))));
  }
  return faults.list();
}

std::string RenderFieldsPage() {
  std::string page =
      "# Fields of config.pbtxt\n\n"
      "Every field of Triton's model configuration, and what Convoy does with it. This page is "
      "rendered from `models/config/field_table.cc` by\n"
      "`convoy docs model-configuration`. [Models](models.md) has the parameters and an example; "
      "[`convoy tune`](load-testing.md#tuning-a-model) finds\n"
      "`max_batch_size`, `dynamic_batching` and `instance_group.count` for an objective.\n";
  for (const FieldUse use : {kHonoured, kLeftOut, kRefused}) {
    std::string heading(HeadingOf(use));
    heading[0] = static_cast<char>(heading[0] - 'a' + 'A');
    absl::StrAppendFormat(&page, "\n## %s\n| field | %s |\n|---|---|\n", heading,
                          use == kHonoured ? "meaning" : "why");
    for (const FieldRow& row : kRows) {
      if (row.use == use) absl::StrAppendFormat(&page, "| `%s` | %s |\n", row.path, row.text);
    }
  }
  return page;
}

}  // namespace convoy::models
