// An ONNX file: parsed once, imported once for each set of concrete input shapes (a bucket).
//
//   CONVOY_ASSIGN_OR_RETURN(const OnnxModel file, OnnxModel::Read(path, "unet"));
//   CONVOY_ASSIGN_OR_RETURN(Graph graph, file.Import({Shape{1, 3, 512, 512}}));
//
// Everything in the file is hostile: sizes are checked before memory is taken, external data is
// read from inside the model's directory only, and no name is printed unescaped. Opsets 6 to 25 of
// the default domain. Immutable and thread-safe once made; graphs share the weights.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "compute/tensor/tensor.h"
#include "models/graph/graph.h"

namespace convoy::models {

inline constexpr int kMinOpset = 6;
inline constexpr int kMaxOpset = 25;
// Passes take time in proportion to nodes times edges.
inline constexpr int kMaxOnnxNodes = 1 << 14;
inline constexpr int kMaxOnnxEdges = 1 << 17;            // inputs and outputs of all nodes together
inline constexpr size_t kMaxOnnxDeclarations = 1 << 10;  // inputs, and outputs
inline constexpr int kMaxOnnxRank = 8;

inline constexpr int64_t kSymbolicDim = -1;

// What the file declares about one of its inputs or outputs.
struct OnnxDeclaration {
  std::string name;
  compute::DType dtype = compute::DType::kFloat32;
  bool has_shape = false;     // outputs may leave it out
  std::vector<int64_t> dims;  // kSymbolicDim where the file fixes no extent
};

// A node that stands in a model's way.
struct NodeFault {
  std::string op_type;  // with its domain in front where that is not the default one
  std::string node;
  absl::Status status;  // why; the node is not named in it
};

struct OnnxParts;  // models/onnx/onnx_parts.h

class OnnxModel {
 public:
  // `name` is for messages. External data lies beside the file. NOT_FOUND, INVALID_ARGUMENT for a
  // file that is truncated or malformed, UNIMPLEMENTED for what lies outside the limits above.
  static absl::StatusOr<OnnxModel> Read(const std::string& path, const std::string& name);
  // `directory` holds the external data; empty: there is none.
  static absl::StatusOr<OnnxModel> Parse(std::span<const std::byte> bytes, const std::string& name,
                                         const std::string& directory);
  OnnxModel(OnnxModel&&) noexcept;
  OnnxModel& operator=(OnnxModel&&) noexcept;
  ~OnnxModel();

  // Inputs that are no initializers, in the file's order.
  const std::vector<OnnxDeclaration>& inputs() const;
  const std::vector<OnnxDeclaration>& outputs() const;

  // One shape an input. UNIMPLEMENTED names the operator, its node, the model, domain and opset;
  // INVALID_ARGUMENT what does not fit together.
  absl::StatusOr<Graph> Import(std::span<const compute::Shape> input_shapes) const;

  // Every node that Import would refuse, not the first alone, in the file's order. Nodes that read
  // what a faulty one should have made are judged by their operator only.
  std::vector<NodeFault> FindFaults(std::span<const compute::Shape> input_shapes) const;

 private:
  explicit OnnxModel(std::unique_ptr<OnnxParts> parts);
  std::unique_ptr<OnnxParts> parts_;
};

}  // namespace convoy::models
