#include "models/inspect/lint_repository.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_replace.h"
#include "compute/base/quote.h"
#include "compute/base/status.h"
#include "models/config/config_file.h"
#include "models/inspect/model_plan.h"
#include "models/inspect/model_summary.h"
#include "models/model_files.h"
#include "models/repository/repository.h"

namespace convoy::models {
namespace {

using compute::Quote;

constexpr int64_t kDefaultMaxBatchSize = 8;

std::string TextOf(const absl::Status& status) { return std::string(status.message()); }

class Linter {
 public:
  void LintModel(const ModelEntry& entry);
  void LintIgnored(const IgnoredPath& ignored);
  LintReport Finish() && { return std::move(report_); }

 private:
  void Error(const std::string& path, const std::string& message) {
    Add(Severity::kError, path, message);
  }
  void Warn(const std::string& path, const std::string& message) {
    Add(Severity::kWarning, path, message);
  }
  void Add(Severity severity, const std::string& path, const std::string& message,
           const ConfigPlace& place = {});
  void AddFaults(Severity severity, const std::string& path, const ConfigFile& config,
                 const std::vector<ConfigFault>& faults);
  void LintVersion(const ModelSource& source, const ConfigFile& config,
                   const std::string& config_path);
  void LintGraph(const ModelSource& source, const ModelFiles& files);
  void LintBatch(const ModelSource& source, const ModelFiles& files);
  void LintLabels(const ModelSource& source, const ModelFiles& files, const compute::Shape& output);

  DiskFileTree disk_;
  LintReport report_;
};

// Messages of loading name the file, which stands in front of them here.
void Linter::Add(Severity severity, const std::string& path, const std::string& message,
                 const ConfigPlace& place) {
  std::string sentence = absl::StrReplaceAll(
      message, {{absl::StrFormat("directory '%s'", path), "the directory"}, {path, "the file"}});
  if (!sentence.empty() && sentence.back() == '.') sentence.pop_back();
  report_.findings.push_back(
      {severity, path, std::move(sentence), place.line, place.column, Excerpt(place)});
}

void Linter::AddFaults(Severity severity, const std::string& path, const ConfigFile& config,
                       const std::vector<ConfigFault>& faults) {
  for (const ConfigFault& fault : faults) {
    Add(severity, path, TextOf(fault.status), config.PlaceOf(fault));
  }
}

void Linter::LintModel(const ModelEntry& entry) {
  ++report_.models;
  const bool folder = disk_.KindOf(entry.path) == FileKind::kDirectory;
  const std::string config_path = entry.path + "/config.pbtxt";
  const absl::StatusOr<ConfigFile> config =
      ReadConfig({.name = entry.name, .model_path = "", .directory = folder ? entry.path : ""});
  if (!config.ok()) return Error(config_path, TextOf(config.status()));
  AddFaults(Severity::kWarning, config_path, *config, config->Warnings());
  AddFaults(Severity::kError, config_path, *config, config->faults());
  if (!config->faults().empty()) return;
  if (!entry.status.ok()) Error(entry.path, TextOf(entry.status));
  const bool has_config = folder && disk_.KindOf(config_path) == FileKind::kFile;
  for (const ModelSource& source : entry.versions) {
    ++report_.versions;
    LintVersion(source, *config, has_config ? config_path : source.model_path);
  }
}

void Linter::LintVersion(const ModelSource& source, const ConfigFile& config,
                         const std::string& config_path) {
  auto onnx = OnnxModel::Read(source.model_path, source.name);
  if (!onnx.ok()) return Error(source.model_path, TextOf(onnx.status()));
  SpecResult built =
      BuildSpec(source.name, config.proto(), DeclarationsOf(*onnx), kDefaultMaxBatchSize);
  AddFaults(Severity::kError, config_path, config, built.faults);
  ConfigFaults label_faults;
  ReadLabels(source.directory, built.spec, label_faults);
  AddFaults(Severity::kError, config_path, config, label_faults.list());
  if (!built.faults.empty()) return;
  LintGraph(source, {std::make_shared<const OnnxModel>(*std::move(onnx)), config,
                     std::move(built.spec), /*softmax_given=*/false});
}

void Linter::LintGraph(const ModelSource& source, const ModelFiles& files) {
  const auto summary = SummarizeModel(files, {});
  if (!summary.ok()) return Error(source.model_path, TextOf(summary.status()));
  for (const UnsupportedNodes& row : summary->unsupported) {
    Error(source.model_path,
          absl::StrFormat("%d %s of operator %s cannot be imported, the first is %s: %s", row.count,
                          row.count == 1 ? "node" : "nodes", Quote(row.op_type),
                          Quote(row.first_node), row.reason));
  }
  if (!summary->status.ok()) {
    if (summary->unsupported.empty()) Error(source.model_path, TextOf(summary->status));
    return;
  }
  LintBatch(source, files);
  if (summary->plan.outputs.empty()) return;
  LintLabels(source, files, summary->plan.values[summary->plan.outputs[0]].spec.shape);
}

// What Model::Load finds out when it warms the bucket of two rows.
void Linter::LintBatch(const ModelSource& source, const ModelFiles& files) {
  if (files.spec.max_batch_size < 2) return;
  const auto plan = PlanModel(files, {.batch = 2});
  if (!plan.ok()) {
    return Warn(source.model_path,
                absl::StrFormat("max_batch_size is %d, but a batch of 2 does not work, so that "
                                "requests run one by one: %s",
                                files.spec.max_batch_size, TextOf(plan.status())));
  }
  for (const int output : plan->outputs) {
    const compute::PlanValue& value = plan->values[output];
    if (value.spec.shape.rank() > 0 && value.spec.shape[0] == 2) continue;
    Warn(source.model_path,
         absl::StrFormat("max_batch_size is %d, but output %s is %s for a batch of 2, so that the "
                         "model is served without batching",
                         files.spec.max_batch_size, Quote(value.name), value.spec.ToString()));
  }
}

// One label a value of output 0, or one a class of a map of classes, whose dimension is the first
// or the last. A map of one score a pixel has two: off and on.
void Linter::LintLabels(const ModelSource& source, const ModelFiles& files,
                        const compute::Shape& output) {
  const auto labels = static_cast<int64_t>(files.spec.labels.size());
  if (labels == 0 || output.rank() == 0) return;
  const int first = files.spec.max_batch_size > 0 ? 1 : 0;
  const int64_t values = output.elements() / (first == 1 ? output[0] : 1);
  bool fits = labels == values;
  for (const int axis : {1, output.rank() - 1}) {
    if (output.rank() < 3) break;
    fits = fits || labels == output[axis] || (labels == 2 && output[axis] == 1);
  }
  if (fits) return;
  Warn(source.directory, absl::StrFormat("there are %d labels, but output %s has %d values", labels,
                                         Quote(files.spec.outputs[0].name), values));
}

// Most of what a scan leaves aside is there for people: sample pictures, a README. What looks like
// a model or a version is not.
void Linter::LintIgnored(const IgnoredPath& ignored) {
  const std::string& path = ignored.path;
  const std::string name = path.substr(path.rfind('/') + 1);
  const FileKind kind = disk_.KindOf(path);
  const bool numbered = !name.empty() && name.find_first_not_of("0123456789") == std::string::npos;
  const bool holds_model = disk_.KindOf(path + "/model.onnx") == FileKind::kFile;
  const bool looks_like_one = kind == FileKind::kBrokenLink || name.ends_with(".onnx") ||
                              (kind == FileKind::kDirectory && (numbered || holds_model));
  if (looks_like_one) Warn(path, absl::StrFormat("this is left out: %s", ignored.reason));
}

}  // namespace

int LintReport::Count(Severity severity) const {
  return static_cast<int>(
      std::count_if(findings.begin(), findings.end(),
                    [&](const Finding& finding) { return finding.severity == severity; }));
}

absl::StatusOr<LintReport> LintRepository(const std::vector<std::string>& paths) {
  CONVOY_ASSIGN_OR_RETURN(const Snapshot snapshot, Scan(DiskFileTree(), paths));
  Linter linter;
  for (const ModelEntry& entry : snapshot.models) linter.LintModel(entry);
  for (const IgnoredPath& ignored : snapshot.ignored) linter.LintIgnored(ignored);
  return std::move(linter).Finish();
}

}  // namespace convoy::models
