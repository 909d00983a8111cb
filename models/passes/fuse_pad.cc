// A Pad of zeros around the image moves into the window of the convolution or average pooling that
// reads it. Max pooling keeps its Pad: its own padding is minus infinity, not zero.
#include "models/graph/uses.h"
#include "models/passes/passes.h"

namespace convoy::models {
namespace {

using compute::ConvParams;
using compute::PadMode;
using compute::PadParams;
using compute::PoolKind;
using compute::PoolParams;
using compute::Window;

// Zeros, none taken away, none along batch and channels.
bool PadsImageWithZeros(const PadParams& pad) {
  if (pad.mode != PadMode::kConstant || pad.value != 0) return false;
  for (size_t i = 0; i < pad.begins.size(); ++i) {
    if (pad.begins[i] < 0 || pad.ends[i] < 0) return false;
    if (i < 2 && (pad.begins[i] != 0 || pad.ends[i] != 0)) return false;
  }
  return pad.begins.size() >= 3 && pad.begins.size() <= 5;
}

void Widen(const PadParams& pad, Window& window) {
  for (int i = 0; i < window.rank; ++i) {
    const size_t axis = static_cast<size_t>(3 - window.rank + i);
    window.pads_begin[axis] += pad.begins[static_cast<size_t>(i) + 2];
    window.pads_end[axis] += pad.ends[static_cast<size_t>(i) + 2];
  }
}

// The reader's parameters with the pad inside; false when it means something else there.
bool Absorb(const PadParams& pad, compute::OpParams& op) {
  if (auto* conv = std::get_if<ConvParams>(&op)) {
    Widen(pad, conv->window);
    return true;
  }
  auto* pool = std::get_if<PoolParams>(&op);
  // The Pad's zeros count in the average, so the pool's own pads must count as well; and ceil_mode
  // judges the last window by where the padding was written.
  if (pool == nullptr || pool->kind != PoolKind::kAverage || pool->ceil_mode) return false;
  if (pool->window.padded() && !pool->count_include_pad) return false;
  pool->count_include_pad = true;
  Widen(pad, pool->window);
  return true;
}

// Some operators bound their pads more tightly than Pad does.
bool StillValid(const Graph& graph, const Node& node, const compute::OpParams& op, ValueId image) {
  compute::TensorSpecs specs;
  for (const ValueId id : node.inputs) specs.push_back(graph.values[id].spec);
  specs[0] = graph.values[image].spec;
  const auto outputs = InferShapes(op, specs);
  return outputs.ok() && (*outputs)[0] == graph.values[node.outputs[0]].spec;
}

}  // namespace

absl::Status FusePad(Graph& graph) {
  const ValueUses uses = CountUses(graph);
  for (Node& node : graph.nodes) {
    if (node.inputs.empty() || uses.producer[node.inputs[0]] == kNoNode) continue;
    const Node& before = graph.nodes[uses.producer[node.inputs[0]]];
    const auto* pad = std::get_if<PadParams>(&before.op);
    if (pad == nullptr || !PadsImageWithZeros(*pad)) continue;
    compute::OpParams op = node.op;
    if (!Absorb(*pad, op) || !StillValid(graph, node, op, before.inputs[0])) continue;
    node.op = std::move(op);
    node.inputs[0] = before.inputs[0];
  }
  return absl::OkStatus();
}

}  // namespace convoy::models
