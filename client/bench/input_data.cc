#include "client/bench/input_data.h"

#include <cstring>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_format.h"

namespace convoy::client {
namespace {

using Json = nlohmann::json;

template <typename T>
void Append(const Json& number, std::string& bytes) {
  const T value = number.is_boolean() ? static_cast<T>(number.get<bool>()) : number.get<T>();
  bytes.append(reinterpret_cast<const char*>(&value), sizeof(T));
}

using Appender = void (*)(const Json&, std::string&);

struct Numbers {
  const char* datatype;
  Appender append;
};

constexpr Numbers kNumbers[] = {
    {"FP32", &Append<float>},      {"FP64", &Append<double>},    {"INT8", &Append<int8_t>},
    {"UINT8", &Append<uint8_t>},   {"BOOL", &Append<uint8_t>},   {"INT16", &Append<int16_t>},
    {"UINT16", &Append<uint16_t>}, {"INT32", &Append<int32_t>},  {"UINT32", &Append<uint32_t>},
    {"INT64", &Append<int64_t>},   {"UINT64", &Append<uint64_t>}};

absl::Status Wrong(std::string_view name, std::string_view why) {
  return absl::InvalidArgumentError(absl::StrFormat("The data of input '%s' %s.", name, why));
}

// The numbers or strings of a flat or nested list, in order.
absl::Status Flatten(const Json& list, const TensorDescription& input, Appender append,
                     std::string& bytes) {
  for (const Json& element : list) {
    if (element.is_array()) {
      const absl::Status status = Flatten(element, input, append, bytes);
      if (!status.ok()) return status;
    } else if (input.datatype == "BYTES" && element.is_string()) {
      bytes += BytesElement(element.get<std::string>());
    } else if (append != nullptr && (element.is_number() || element.is_boolean())) {
      append(element, bytes);
    } else {
      return Wrong(input.name, absl::StrFormat("hold an element that is no %s", input.datatype));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> BytesOf(const Json& value, const TensorDescription& input) {
  std::string bytes;
  if (value.is_object() && value.contains("b64")) {
    if (!value["b64"].is_string() ||
        !absl::Base64Unescape(value["b64"].get<std::string>(), &bytes)) {
      return Wrong(input.name, "are no base64");
    }
    return input.datatype == "BYTES" ? BytesElement(bytes) : bytes;
  }
  const Json& list = value.is_object() && value.contains("content") ? value["content"] : value;
  if (!list.is_array()) return Wrong(input.name, "are no list of values, no content and no b64");
  Appender append = nullptr;
  for (const Numbers& numbers : kNumbers) {
    if (numbers.datatype == input.datatype) append = numbers.append;
  }
  const absl::Status status = Flatten(list, input, append, bytes);
  if (!status.ok()) return status;
  return bytes;
}

absl::StatusOr<Tensor> TensorOf(const Json& value, const TensorDescription& input, bool batched) {
  Tensor tensor{input.name, input.datatype, input.shape, ""};
  if (batched && !tensor.shape.empty()) tensor.shape.erase(tensor.shape.begin());
  if (value.is_object() && value.contains("shape")) {
    tensor.shape = value["shape"].get<std::vector<int64_t>>();
  }
  for (const int64_t extent : tensor.shape) {
    if (extent < 0) return Wrong(input.name, "need a \"shape\": the model leaves it open");
  }
  absl::StatusOr<std::string> bytes = BytesOf(value, input);
  if (!bytes.ok()) return bytes.status();
  tensor.bytes = *std::move(bytes);
  return tensor;
}

absl::Status AddStep(const Json& step, const ModelDescription& model,
                     std::vector<Sample>& samples) {
  if (!step.is_object()) {
    return absl::InvalidArgumentError("A step of \"data\" is no object of inputs.");
  }
  Sample sample;
  for (const TensorDescription& input : model.inputs) {
    if (!step.contains(input.name)) return Wrong(input.name, "are missing in a step");
    absl::StatusOr<Tensor> tensor = TensorOf(step[input.name], input, HasBatchDimension(model));
    if (!tensor.ok()) return tensor.status();
    sample.inputs.push_back(*std::move(tensor));
  }
  samples.push_back(std::move(sample));
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Sample>> Parse(std::string_view text, const ModelDescription& model) {
  const Json file = Json::parse(text);
  if (!file.is_object() || !file.contains("data") || !file["data"].is_array()) {
    return absl::InvalidArgumentError("The file is no object with a list \"data\".");
  }
  std::vector<Sample> samples;
  for (const Json& entry : file["data"]) {
    const Json steps = entry.is_array() ? entry : Json::array({entry});
    for (const Json& step : steps) {
      const absl::Status status = AddStep(step, model, samples);
      if (!status.ok()) return status;
    }
  }
  if (samples.empty()) return absl::InvalidArgumentError("The list \"data\" is empty.");
  return samples;
}

}  // namespace

absl::StatusOr<std::vector<Sample>> ParseInputData(std::string_view text,
                                                   const ModelDescription& model) {
  // The JSON library throws; no exception leaves this function.
  try {
    return Parse(text, model);
  } catch (const Json::exception& error) {
    return absl::InvalidArgumentError(
        absl::StrFormat("The input data are not as they should be: %s.", error.what()));
  }
}

}  // namespace convoy::client
