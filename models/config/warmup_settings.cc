// ReadWarmup of serving_settings.h.
#include <algorithm>
#include <cstdint>
#include <set>

#include "compute/base/checked.h"
#include "compute/base/quote.h"
#include "compute/base/status.h"
#include "models/config/reshape.h"
#include "models/config/serving_settings.h"

namespace convoy::models {
namespace {

using compute::Quote;
using inference::ModelConfig;
using GivenInput = inference::ModelWarmup::Input;

constexpr int64_t kMaxRuns = 10'000;
constexpr int64_t kMaxInputBytes = int64_t{256} << 20;  // of all rows of one input

absl::Status CheckDims(const TensorDeclaration& input, const std::vector<int64_t>& dims,
                       int64_t rows) {
  bool fits = dims.size() == input.dims.size();
  for (size_t i = 0; fits && i < dims.size(); ++i) {
    fits = dims[i] >= 1 && (input.dims[i] == kAnyExtent || input.dims[i] == dims[i]);
  }
  if (!fits) {
    return absl::InvalidArgumentError(
        absl::StrFormat("the warm-up of input %s has dims %s; the input has %s, and a warm-up "
                        "leaves none open",
                        Quote(input.name), DimsText(dims), DimsText(input.dims)));
  }
  const auto elements = compute::CheckedProduct(dims);
  const auto row = compute::CheckedMultiply(
      elements.value_or(INT64_MAX), compute::SizeOf(input.dtype) * std::max<int64_t>(1, rows));
  if (row.has_value() && *row <= kMaxInputBytes) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrFormat("the warm-up of input %s has dims %s, more than %d bytes in %d rows",
                      Quote(input.name), DimsText(dims), kMaxInputBytes, rows));
}

absl::Status CheckType(const TensorDeclaration& input, const GivenInput& given) {
  const std::string name = absl::StrFormat("TYPE_%s", compute::NameOf(input.dtype));
  if (inference::DataType_Name(given.data_type()) == name) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrFormat("the warm-up of input %s has data_type %s; the input has %s",
                      Quote(input.name), inference::DataType_Name(given.data_type()), name));
}

absl::Status ReadData(const GivenInput& given, WarmupInput& input) {
  switch (given.input_data_type_case()) {
    case GivenInput::kZeroData:
      input.data = WarmupData::kZero;
      return absl::OkStatus();
    case GivenInput::kRandomData:
      input.data = WarmupData::kRandom;
      return absl::OkStatus();
    case GivenInput::kInputDataFile:
      input.data = WarmupData::kFile;
      input.file = given.input_data_file();
      if (!input.file.empty()) return absl::OkStatus();
      break;
    case GivenInput::INPUT_DATA_TYPE_NOT_SET:
      break;
  }
  return absl::InvalidArgumentError(
      absl::StrFormat("the warm-up of input %s has no data; allowed are zero_data: true, "
                      "random_data: true and input_data_file: 'FILE'",
                      Quote(input.name)));
}

void ReadInput(const TensorDeclaration& input, const GivenInput& given, const std::string& field,
               WarmupSample& sample, ConfigFaults& faults) {
  WarmupInput result{.name = input.name, .dtype = input.dtype};
  result.dims.assign(given.dims().begin(), given.dims().end());
  faults.Check(given.data_type() == 0 ? field : field + ".data_type", CheckType(input, given));
  faults.Check(given.dims().empty() ? field : field + ".dims",
               CheckDims(input, result.dims, sample.batch_size));
  faults.Check(field, ReadData(given, result));
  sample.inputs.push_back(std::move(result));
}

void ReadInputs(const inference::ModelWarmup& given, const std::string& field,
                const ModelSpec& spec, WarmupSample& sample, ConfigFaults& faults) {
  std::set<std::string> unknown;
  for (const auto& [name, input] : given.inputs()) unknown.insert(name);
  for (const TensorDeclaration& input : spec.inputs) {
    const auto found = given.inputs().find(input.name);
    if (found == given.inputs().end()) {
      faults.Check(field, absl::InvalidArgumentError(
                              absl::StrFormat("model_warmup %s leaves out input %s",
                                              Quote(sample.name), Quote(input.name))));
      continue;
    }
    unknown.erase(input.name);
    ReadInput(input, found->second, absl::StrFormat("%s.inputs['%s']", field, input.name), sample,
              faults);
  }
  for (const std::string& name : unknown) {
    faults.Check(absl::StrFormat("%s.inputs['%s']", field, name),
                 absl::InvalidArgumentError(
                     absl::StrFormat("model_warmup %s has input %s, which the model does not have",
                                     Quote(sample.name), Quote(name))));
  }
}

}  // namespace

std::vector<WarmupSample> ReadWarmup(const ModelConfig& config, const ModelSpec& spec,
                                     ConfigFaults& faults) {
  std::vector<WarmupSample> samples;
  const int64_t most_rows = std::max<int64_t>(1, spec.max_batch_size);
  for (int i = 0; i < config.model_warmup_size(); ++i) {
    const inference::ModelWarmup& given = config.model_warmup(i);
    const std::string field = absl::StrFormat("model_warmup[%d]", i);
    WarmupSample sample{.name = given.name(),
                        .batch_size = given.batch_size(),
                        .count = std::max<int64_t>(1, given.count())};
    if (sample.batch_size > most_rows) {
      faults.Check(field + ".batch_size",
                   absl::InvalidArgumentError(
                       absl::StrFormat("model_warmup %s has batch_size %d; allowed are 0 to %d",
                                       Quote(sample.name), sample.batch_size, most_rows)));
      continue;
    }
    if (sample.count > kMaxRuns) {
      faults.Check(field + ".count", absl::InvalidArgumentError(absl::StrFormat(
                                         "model_warmup %s has count %d; allowed are 0 to %d",
                                         Quote(sample.name), sample.count, kMaxRuns)));
    }
    ReadInputs(given, field, spec, sample, faults);
    samples.push_back(std::move(sample));
  }
  return samples;
}

}  // namespace convoy::models
