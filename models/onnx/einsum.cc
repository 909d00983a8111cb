// Einsum as the operators it is made of: diagonals as strided slices, sums and contractions as
// MatMul, products without a sum as a broadcast Mul, and Transpose and Reshape between them.
#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "models/onnx/einsum_equation.h"
#include "models/onnx/node_import.h"

namespace convoy::models {
namespace {

using compute::BinaryKind;
using compute::BinaryParams;
using compute::ReshapeParams;
using compute::Shape;

bool Has(const EinsumLabels& labels, int label) {
  return std::find(labels.begin(), labels.end(), label) != labels.end();
}

EinsumLabels Joined(std::initializer_list<const EinsumLabels*> parts) {
  EinsumLabels all;
  for (const EinsumLabels* part : parts) all.insert(all.end(), part->begin(), part->end());
  return all;
}

// A value whose dimensions have labels.
struct Term {
  ValueId value;
  EinsumLabels labels;
};

// The labels of two terms by what becomes of them; `needed` are those that live on.
struct Sorted {
  EinsumLabels batch, summed, left, right;

  Sorted(const Term& a, const Term& b, const EinsumLabels& needed) {
    for (const int label : a.labels) {
      if (!Has(b.labels, label)) {
        left.push_back(label);
      } else {
        (Has(needed, label) ? batch : summed).push_back(label);
      }
    }
    for (const int label : b.labels) {
      if (!Has(a.labels, label)) right.push_back(label);
    }
  }
};

class Contraction {
 public:
  Contraction(NodeImport& node, EinsumEquation equation)
      : node_(node), equation_(std::move(equation)) {}

  absl::Status Run() {
    CONVOY_RETURN_IF_ERROR(ReadExtents());
    CONVOY_ASSIGN_OR_RETURN(Term all, Operand(0));
    for (size_t i = 1; i < equation_.operands.size(); ++i) {
      CONVOY_ASSIGN_OR_RETURN(Term next, Operand(i));
      const EinsumLabels needed = NeededAfter(i);
      CONVOY_ASSIGN_OR_RETURN(all, SumOver(std::move(all), Joined({&needed, &next.labels})));
      CONVOY_ASSIGN_OR_RETURN(next, SumOver(std::move(next), Joined({&needed, &all.labels})));
      CONVOY_ASSIGN_OR_RETURN(all, Multiply(all, next, needed));
    }
    CONVOY_ASSIGN_OR_RETURN(all, SumOver(std::move(all), equation_.result));
    CONVOY_ASSIGN_OR_RETURN(const ValueId ordered, Order(all, equation_.result));
    return node_.Finish(ReshapeParams{ShapeOf(equation_.result)}, {ordered});
  }

 private:
  // A label has one extent; where an operand has 1 instead, it repeats.
  absl::Status ReadExtents() {
    for (size_t i = 0; i < equation_.operands.size(); ++i) {
      const Shape shape = node_.shape(static_cast<int>(i));
      for (int axis = 0; axis < shape.rank(); ++axis) {
        const int label = equation_.operands[i][static_cast<size_t>(axis)];
        int64_t& extent = extents_.emplace(label, shape[axis]).first->second;
        if (extent == 1) extent = shape[axis];
        if (shape[axis] == extent || shape[axis] == 1) continue;
        return absl::InvalidArgumentError(
            absl::StrFormat("dimension %d of operand %d has extent %d, but its label stands for %d",
                            axis, i, shape[axis], extent));
      }
    }
    return absl::OkStatus();
  }

  Shape ShapeOf(const EinsumLabels& labels) const {
    Shape shape;
    for (const int label : labels) shape.Append(extents_.at(label));
    return shape;
  }
  int64_t Volume(const EinsumLabels& labels) const { return ShapeOf(labels).elements(); }

  EinsumLabels NeededAfter(size_t i) const {
    EinsumLabels needed = equation_.result;
    for (++i; i < equation_.operands.size(); ++i)
      needed = Joined({&needed, &equation_.operands[i]});
    return needed;
  }

  // Operand i with every label once, and without the dimensions of 1 that repeat.
  absl::StatusOr<Term> Operand(size_t i) {
    Term term{node_.input(static_cast<int>(i)), equation_.operands[i]};
    for (size_t at = 0; at < term.labels.size();) {
      const bool repeats = std::count(term.labels.begin(), term.labels.end(), term.labels[at]) > 1;
      if (!repeats) {
        ++at;
        continue;
      }
      CONVOY_ASSIGN_OR_RETURN(term, Diagonal(term, term.labels[at]));
      at = 0;
    }
    const Shape shape = node_.spec_of(term.value).shape;
    Term kept{term.value, {}};
    for (int axis = 0; axis < shape.rank(); ++axis) {
      const int label = term.labels[static_cast<size_t>(axis)];
      if (shape[axis] == extents_.at(label)) kept.labels.push_back(label);
    }
    CONVOY_ASSIGN_OR_RETURN(kept.value, Reshape(kept.value, ShapeOf(kept.labels)));
    return kept;
  }

  // The first two dimensions of `label` become one: every (d + 1)th element of the d * d.
  absl::StatusOr<Term> Diagonal(const Term& term, int label) {
    const Shape shape = node_.spec_of(term.value).shape;
    std::vector<int> perm, own;
    Term result{term.value, {}};
    Shape flat;
    for (int axis = 0; axis < shape.rank(); ++axis) {
      const int here = term.labels[static_cast<size_t>(axis)];
      if (here == label && own.size() < 2) {
        own.push_back(axis);
        continue;
      }
      perm.push_back(axis);
      result.labels.push_back(here);
      flat.Append(shape[axis]);
    }
    const int64_t extent = shape[own[0]];
    if (extent != shape[own[1]]) {
      return absl::InvalidArgumentError(absl::StrFormat(
          "a diagonal needs equal extents, but they are %d and %d", extent, shape[own[1]]));
    }
    perm.insert(perm.end(), own.begin(), own.end());
    result.labels.push_back(label);
    flat.Append(extent * extent);
    CONVOY_ASSIGN_OR_RETURN(result.value, Transpose(term.value, std::move(perm)));
    CONVOY_ASSIGN_OR_RETURN(result.value, Reshape(result.value, flat));
    const size_t rank = static_cast<size_t>(flat.rank());
    compute::SliceParams slice{std::vector<int64_t>(rank, 0),
                               std::vector<int64_t>(rank, 1),
                               {flat.dims().begin(), flat.dims().end()}};
    slice.steps.back() = extent + 1;
    slice.sizes.back() = extent;
    CONVOY_ASSIGN_OR_RETURN(result.value, node_.Add(std::move(slice), {result.value}));
    return result;
  }

  // Sums over all labels but those to keep: a product with ones.
  absl::StatusOr<Term> SumOver(Term term, const EinsumLabels& keep) {
    EinsumLabels kept, gone;
    for (const int label : term.labels) (Has(keep, label) ? kept : gone).push_back(label);
    if (gone.empty()) return term;
    CONVOY_ASSIGN_OR_RETURN(ValueId value, Order(term, Joined({&kept, &gone})));
    CONVOY_ASSIGN_OR_RETURN(value, Reshape(value, Shape{Volume(kept), Volume(gone)}));
    const Shape column{Volume(gone), 1};
    CONVOY_ASSIGN_OR_RETURN(compute::HostTensor ones,
                            node_.MakeConstant({compute::DType::kFloat32, column}));
    std::fill(ones.mutable_data<float>().begin(), ones.mutable_data<float>().end(), 1.0F);
    const ValueId weights = node_.AddConstant(std::move(ones));
    CONVOY_ASSIGN_OR_RETURN(value, node_.Add(compute::MatMulParams{}, {value, weights}));
    CONVOY_ASSIGN_OR_RETURN(value, Reshape(value, ShapeOf(kept)));
    return Term{value, kept};
  }

  // [batch, left, summed] times [batch, summed, right].
  absl::StatusOr<Term> Multiply(const Term& a, const Term& b, const EinsumLabels& needed) {
    const Sorted by(a, b, needed);
    CONVOY_ASSIGN_OR_RETURN(ValueId x, Order(a, Joined({&by.batch, &by.left, &by.summed})));
    CONVOY_ASSIGN_OR_RETURN(ValueId y, Order(b, Joined({&by.batch, &by.summed, &by.right})));
    const int64_t batch = Volume(by.batch);
    const int64_t summed = Volume(by.summed);
    CONVOY_ASSIGN_OR_RETURN(x, Reshape(x, Shape{batch, Volume(by.left), summed}));
    CONVOY_ASSIGN_OR_RETURN(y, Reshape(y, Shape{batch, summed, Volume(by.right)}));
    Term product{x, Joined({&by.batch, &by.left, &by.right})};
    if (by.summed.empty()) {
      CONVOY_ASSIGN_OR_RETURN(product.value, node_.Add(BinaryParams{BinaryKind::kMul, {}}, {x, y}));
    } else {
      CONVOY_ASSIGN_OR_RETURN(product.value, node_.Add(compute::MatMulParams{}, {x, y}));
    }
    CONVOY_ASSIGN_OR_RETURN(product.value, Reshape(product.value, ShapeOf(product.labels)));
    return product;
  }

  // The term with its dimensions in the order of `labels`, which are all of its own.
  absl::StatusOr<ValueId> Order(const Term& term, const EinsumLabels& labels) {
    std::vector<int> perm;
    for (const int label : labels) {
      const auto found = std::find(term.labels.begin(), term.labels.end(), label);
      perm.push_back(static_cast<int>(found - term.labels.begin()));
    }
    return Transpose(term.value, std::move(perm));
  }

  absl::StatusOr<ValueId> Transpose(ValueId value, std::vector<int> perm) {
    if (std::is_sorted(perm.begin(), perm.end())) return value;
    return node_.Add(compute::TransposeParams{std::move(perm)}, {value});
  }

  absl::StatusOr<ValueId> Reshape(ValueId value, const Shape& shape) {
    if (node_.spec_of(value).shape == shape) return value;
    return node_.Add(ReshapeParams{shape}, {value});
  }

  NodeImport& node_;
  EinsumEquation equation_;
  std::map<int, int64_t> extents_;
};

// More than any network multiplies in one node.
constexpr size_t kMaxOperands = 32;

absl::Status ImportEinsum(NodeImport& node) {
  if (node.inputs().size() > kMaxOperands) {
    return absl::UnimplementedError(absl::StrFormat(
        "the node has %d inputs; at most %d are supported", node.inputs().size(), kMaxOperands));
  }
  std::vector<int> ranks;
  for (size_t i = 0; i < node.inputs().size(); ++i) {
    ranks.push_back(node.shape(static_cast<int>(i)).rank());
  }
  CONVOY_ASSIGN_OR_RETURN(EinsumEquation equation, ParseEinsum(node.String("equation", ""), ranks));
  return Contraction(node, std::move(equation)).Run();
}

}  // namespace

std::span<const ImportRule> EinsumRules() {
  static constexpr std::array kRules = {ImportRule{"Einsum", 1, kAnyCount, ImportEinsum}};
  return kRules;
}

}  // namespace convoy::models
