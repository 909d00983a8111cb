// What a parsed ONNX file is made of; shared by parsing and importing.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "models/onnx/onnx_model.h"
#include "onnx/onnx.pb.h"

namespace convoy::models {

using OnnxConstants =
    std::vector<std::pair<std::string, std::shared_ptr<const compute::HostTensor>>>;

// The file uses operators of other domains only.
inline constexpr int kNoDefaultOpset = 0;

struct OnnxParts {
  std::string name;
  int opset = kNoDefaultOpset;  // of the default domain
  onnx::GraphProto graph;       // without tensors: those are `constants`
  std::vector<OnnxDeclaration> inputs;
  std::vector<OnnxDeclaration> outputs;
  OnnxConstants constants;  // by value name: initializers and Constant nodes
};

// Walks the nodes in the file's order and calls the importer function of each.
absl::StatusOr<Graph> ImportOnnx(const OnnxParts& parts,
                                 std::span<const compute::Shape> input_shapes);
std::vector<NodeFault> FindImportFaults(const OnnxParts& parts,
                                        std::span<const compute::Shape> input_shapes);

}  // namespace convoy::models
