#include "tests/models/onnx_backend/onnx_case.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "compute/base/status.h"
#include "compute/ops/elements.h"
#include "models/onnx/onnx_model.h"
#include "models/onnx/tensor_data.h"
#include "models/plan_builder.h"

namespace convoy::testing {
namespace {

namespace fs = std::filesystem;
using compute::DType;
using compute::HostTensor;

std::string ReadFile(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

absl::StatusOr<std::vector<HostTensor>> ReadTensors(const fs::path& set, const char* kind) {
  std::vector<HostTensor> tensors;
  for (int i = 0;; ++i) {
    const fs::path path = set / absl::StrFormat("%s_%d.pb", kind, i);
    if (!fs::exists(path)) return tensors;
    onnx::TensorProto proto;
    if (!proto.ParseFromString(ReadFile(path))) {
      return absl::UnimplementedError(absl::StrFormat("%s holds no tensor", path.string()));
    }
    CONVOY_ASSIGN_OR_RETURN(HostTensor tensor, models::DecodeTensor(proto, ""));
    tensors.push_back(std::move(tensor));
  }
}

// Inputs that decide about shapes or parameters, by operator: a graph of concrete shapes has them
// as constants.
bool IsArgument(const OnnxCase& test, int input, DType dtype) {
  static const std::map<std::string, std::set<int>> kArguments{
      {"AffineGrid", {1}},
      {"CenterCropPad", {1}},
      {"Clip", {1, 2}},
      {"Col2Im", {1, 2}},
      {"Compress", {1}},
      {"ConstantOfShape", {0}},
      {"CumSum", {1}},
      {"Dropout", {1, 2}},
      {"Expand", {1}},
      {"MaxUnpool", {2}},
      {"NonMaxSuppression", {0, 1, 2, 3, 4}},
      {"NonZero", {0}},
      {"OneHot", {1, 2}},
      {"Pad", {1, 2, 3}},
      {"Range", {0, 1, 2}},
      {"Reshape", {1}},
      {"Resize", {1, 2, 3}},
      {"Slice", {1, 2, 3, 4}},
      {"Split", {1}},
      {"Squeeze", {1}},
      {"Tile", {1}},
      {"TopK", {1}},
      {"Trilu", {1}},
      {"Unsqueeze", {1}},
      {"Upsample", {1}},
  };
  // The bodies of functions: which node reads the input is not looked up.
  if (test.nodes > 1) return !compute::IsFloat(dtype);
  if (test.op_type.starts_with("Reduce")) return input == 1;
  const auto found = kArguments.find(test.op_type);
  return found != kArguments.end() && found->second.contains(input);
}

onnx::TensorProto ToProto(const std::string& name, const HostTensor& tensor, int type) {
  onnx::TensorProto proto;
  proto.set_name(name);
  proto.set_data_type(type);
  for (const int64_t dim : tensor.spec().shape.dims()) proto.add_dims(dim);
  proto.set_raw_data(tensor.bytes().data(), tensor.bytes().size());
  return proto;
}

// A case carries the opset in which its operator last changed, which may be older than Convoy
// reads, although every later opset has the operator unchanged.
void LiftOpset(onnx::ModelProto& proto) {
  for (onnx::OperatorSetIdProto& import : *proto.mutable_opset_import()) {
    if (import.domain().empty() && import.version() < models::kMinOpset) {
      import.set_version(models::kMinOpset);
    }
  }
}

absl::Status Compare(const HostTensor& expected, std::span<const std::byte> given, int output,
                     double relative, double absolute) {
  if (given.size() != expected.bytes().size()) {
    return absl::UnknownError(absl::StrFormat("output %d has %d bytes, expected is %s", output,
                                              given.size(), expected.spec().ToString()));
  }
  const std::vector<double> wanted = compute::ReadElements<double>(expected.view());
  const std::vector<double> values =
      compute::ReadElements<double>(compute::TensorView{expected.spec(), given});
  const bool exact = !compute::IsFloat(expected.spec().dtype);
  for (size_t i = 0; i < wanted.size(); ++i) {
    const bool both_nan = std::isnan(wanted[i]) && std::isnan(values[i]);
    const double bound = exact ? 0 : absolute + relative * std::fabs(wanted[i]);
    if (both_nan || values[i] == wanted[i]) continue;
    if (std::fabs(values[i] - wanted[i]) <= bound) continue;
    return absl::UnknownError(
        absl::StrFormat("output %d is %g at %d, expected is %g", output, values[i], i, wanted[i]));
  }
  return absl::OkStatus();
}

}  // namespace

std::vector<std::string> FoldersIn(const std::string& directory) {
  std::vector<std::string> folders;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(directory, error)) {
    if (entry.is_directory()) folders.push_back(entry.path().string());
  }
  std::sort(folders.begin(), folders.end());
  return folders;
}

absl::StatusOr<OnnxCase> ReadOnnxCase(const std::string& directory) {
  OnnxCase result;
  result.directory = directory;
  result.model = ReadFile(fs::path(directory) / "model.onnx");
  onnx::ModelProto proto;
  if (result.model.empty() || !proto.ParseFromString(result.model)) {
    return absl::NotFoundError(absl::StrFormat("there is no model in %s", directory));
  }
  result.nodes = proto.graph().node_size();
  if (result.nodes > 0) result.op_type = proto.graph().node(0).op_type();
  for (const std::string& set : FoldersIn(directory)) {
    OnnxAnswer answer;
    CONVOY_ASSIGN_OR_RETURN(answer.inputs, ReadTensors(set, "input"));
    CONVOY_ASSIGN_OR_RETURN(answer.outputs, ReadTensors(set, "output"));
    result.answers.push_back(std::move(answer));
  }
  return result;
}

absl::StatusOr<OnnxCase> WithConstantArguments(const OnnxCase& original) {
  OnnxCase result = ReadOnnxCase(original.directory).value();
  if (result.answers.empty()) return result;
  onnx::ModelProto proto;
  proto.ParseFromString(result.model);
  std::vector<HostTensor> remaining;
  std::vector<HostTensor>& inputs = result.answers[0].inputs;
  for (int i = 0; i < static_cast<int>(inputs.size()) && i < proto.graph().input_size(); ++i) {
    const onnx::ValueInfoProto& input = proto.graph().input(i);
    if (!IsArgument(result, i, inputs[i].spec().dtype)) {
      remaining.push_back(std::move(inputs[i]));
      continue;
    }
    *proto.mutable_graph()->add_initializer() =
        ToProto(input.name(), inputs[i], input.type().tensor_type().elem_type());
  }
  result.answers.resize(1);
  inputs = std::move(remaining);
  LiftOpset(proto);
  result.model = proto.SerializeAsString();
  return result;
}

absl::Status CheckAnswer(const OnnxCase& test, const OnnxAnswer& answer, compute::Device& device,
                         double relative, double absolute,
                         const std::vector<std::string>& disabled_passes) {
  const std::span<const char> chars(test.model);
  CONVOY_ASSIGN_OR_RETURN(models::OnnxModel file,
                          models::OnnxModel::Parse(std::as_bytes(chars), "case", test.directory));
  std::vector<size_t> outputs;
  for (size_t i = 0; i < file.outputs().size(); ++i) outputs.push_back(i);
  std::vector<compute::Shape> shapes;
  for (const HostTensor& input : answer.inputs) shapes.push_back(input.spec().shape);
  const models::PlanBuilder builder(std::make_shared<const models::OnnxModel>(std::move(file)),
                                    outputs, device, disabled_passes);
  CONVOY_ASSIGN_OR_RETURN(const std::unique_ptr<models::CompiledPlan> plan,
                          builder.Build(shapes, 0));
  const models::SessionPool::Lease session = plan->wide.Take();
  for (size_t i = 0; i < answer.inputs.size(); ++i) {
    const std::span<const std::byte> from = answer.inputs[i].bytes();
    std::memcpy(session->input(static_cast<int>(i)).data(), from.data(), from.size());
  }
  CONVOY_RETURN_IF_ERROR(session->Run());
  for (size_t i = 0; i < answer.outputs.size(); ++i) {
    const int at = static_cast<int>(i);
    if (plan->outputs[i] != answer.outputs[i].spec().shape) {
      return absl::UnknownError(absl::StrFormat("output %d has shape %s, expected is %s", at,
                                                plan->outputs[i].ToString(),
                                                answer.outputs[i].spec().ToString()));
    }
    CONVOY_RETURN_IF_ERROR(Compare(answer.outputs[i], session->output(at), at, relative, absolute));
  }
  return absl::OkStatus();
}

}  // namespace convoy::testing
