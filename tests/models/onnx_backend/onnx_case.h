// Models with known answers in the form of ONNX's backend tests: a folder with model.onnx and
// test_data_set_K/{input,output}_J.pb. What tests of importer, passes and devices share.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "compute/runtime/device.h"
#include "compute/tensor/tensor.h"

namespace convoy::testing {

struct OnnxAnswer {
  std::vector<compute::HostTensor> inputs;
  std::vector<compute::HostTensor> outputs;
};

struct OnnxCase {
  std::string op_type;  // of the first node
  int nodes = 0;
  std::string model;  // the bytes of model.onnx
  std::string directory;
  std::vector<OnnxAnswer> answers;  // one a data set
};

// Folders inside `directory`, sorted; empty when it does not exist.
std::vector<std::string> FoldersIn(const std::string& directory);

absl::StatusOr<OnnxCase> ReadOnnxCase(const std::string& directory);

// The backend tests feed shapes, axes, scales and bounds as inputs; a graph of concrete shapes has
// them as constants. Turns the inputs that decide about shapes or parameters into initializers with
// the answer's values; what is computed with stays an input.
absl::StatusOr<OnnxCase> WithConstantArguments(const OnnxCase& original);

// Imports, optimises, compiles and runs one answer; UNKNOWN when an output differs by more than
// absolute + relative * |expected|, naming the worst element.
absl::Status CheckAnswer(const OnnxCase& test, const OnnxAnswer& answer, compute::Device& device,
                         double relative, double absolute,
                         const std::vector<std::string>& disabled_passes);

}  // namespace convoy::testing
