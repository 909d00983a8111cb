#include "compute/runtime/rows_apart.h"

#include <algorithm>
#include <variant>

#include "compute/base/overloaded.h"

namespace convoy::compute {
namespace {

// Inputs from `first` to `last` are weights, or absent.
bool AreConstant(const Plan& plan, const PlanStep& step, size_t first, size_t last) {
  for (size_t i = first; i < std::min(last, step.inputs.size()); ++i) {
    if (plan.values[step.inputs[i]].constant == nullptr) return false;
  }
  return true;
}

// Matrices of the left side by one matrix, or by those of the right side's same row.
bool MultipliesRowsApart(const Plan& plan, const PlanStep& step) {
  const PlanValue& a = plan.values[step.inputs[0]];
  const PlanValue& b = plan.values[step.inputs[1]];
  const int rank = a.spec.shape.rank();
  const Shape& right = b.spec.shape;
  if (a.constant != nullptr || rank < 2 || right.rank() < 2 || right.rank() > rank) return false;
  if (b.constant != nullptr) return right.rank() == 2 || right.rank() < rank || right[0] == 1;
  return rank >= 3 && right.rank() == rank && right[0] == a.spec.shape[0];
}

// Whether row r of the output is the operator's answer to row r of the inputs that are no weights.
bool ComputesRowsApart(const Plan& plan, const PlanStep& step) {
  const auto rank_of = [&](size_t i) { return plan.values[step.inputs[i]].spec.shape.rank(); };
  const size_t inputs = step.inputs.size();
  return std::visit(
      Overloaded{
          [&](const ConvParams& p) { return AreConstant(plan, step, 1, p.has_bias ? 3 : 2); },
          [&](const ConvTransposeParams&) { return AreConstant(plan, step, 1, inputs); },
          [&](const GemmParams& p) {
            if (p.has_bias && rank_of(2) == 2 && plan.values[step.inputs[2]].spec.shape[0] != 1) {
              return false;
            }
            return !p.trans_a && AreConstant(plan, step, 1, inputs);
          },
          [&](const MatMulParams&) { return MultipliesRowsApart(plan, step); },
          [&](const NormalizeParams& p) {
            return p.axis >= 1 && AreConstant(plan, step, 1, inputs);
          },
          [](const auto&) { return false; }},
      step.op);
}

}  // namespace

int64_t RowsApart(const Plan& plan, const PlanStep& step) {
  if (!ComputesRowsApart(plan, step)) return 1;
  const Shape& x = plan.values[step.inputs[0]].spec.shape;
  const Shape& y = plan.values[step.outputs[0]].spec.shape;
  if (x.rank() < 2 || y.rank() < 2 || x[0] != y[0]) return 1;
  return y[0];
}

}  // namespace convoy::compute
