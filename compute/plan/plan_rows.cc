#include "compute/plan/plan_rows.h"

#include <algorithm>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_format.h"
#include "compute/base/overloaded.h"
#include "compute/base/status.h"

namespace convoy::compute {
namespace {

// Whether row r of the output is made from row r of each input that has rows. Of operators that
// look along dimension 0, or may, none.
bool KeepsRowsApart(const OpParams& op) {
  return std::visit(
      Overloaded{[](const ConvParams&) { return true; },
                 [](const ConvTransposeParams&) { return true; },
                 [](const PoolParams&) { return true; },
                 [](const GlobalPoolParams&) { return true; },
                 [](const AdaptivePoolParams&) { return true; },
                 [](const BatchNormParams&) { return true; },
                 [](const LrnParams&) { return true; },
                 [](const ActivationParams&) { return true; },
                 [](const UnaryParams&) { return true; },
                 [](const BinaryParams&) { return true; },
                 [](const MatMulParams&) { return true; },
                 [](const ReshapeParams&) { return true; },
                 [](const NormalizeParams& p) { return p.axis >= 1; },
                 [](const GemmParams& p) { return !p.trans_a; },
                 [](const SoftmaxParams& p) { return p.axis >= 1; },
                 [](const ReduceParams& p) { return !p.axes.empty() && p.axes.front() >= 1; },
                 [](const ConcatParams& p) { return p.axis >= 1; },
                 [](const TransposeParams& p) { return !p.perm.empty() && p.perm.front() == 0; },
                 [](const ResizeParams& p) { return p.scales.front() == 1; },
                 [](const auto&) { return false; }},
      op);
}

// A copy of a plan on its way to other rows.
class RowChange {
 public:
  RowChange(const Plan& plan, int64_t rows)
      : from_(plan.rows), rows_(rows), plan_(plan), changed_(plan.values.size(), false) {
    plan_.rows = rows;
  }

  absl::StatusOr<Plan> Make() && {
    for (const int input : plan_.inputs) CONVOY_RETURN_IF_ERROR(Change(input));
    for (PlanStep& step : plan_.steps) CONVOY_RETURN_IF_ERROR(ChangeStep(step));
    for (const int output : plan_.outputs) {
      if (!changed_[output]) return Refused(plan_.values[output].name);
    }
    return std::move(plan_);
  }

 private:
  static absl::Status Refused(const std::string& name) {
    return absl::UnimplementedError(
        absl::StrFormat("'%s' does not have the rows of a batch each for itself", name));
  }

  void ChangeExtent(Shape& shape) const {
    if (shape.rank() > 0 && shape[0] == from_) shape[0] = rows_;
  }

  absl::Status Change(int value) {
    TensorSpec& spec = plan_.values[value].spec;
    if (spec.shape.rank() == 0 || spec.shape[0] != from_) {
      return Refused(plan_.values[value].name);
    }
    ChangeExtent(spec.shape);
    changed_[value] = true;
    return absl::OkStatus();
  }

  // Whether broadcasting lays an input's rows along another dimension: a vector of them under the
  // columns of a matrix that happens to have as many.
  bool SpreadsRows(const PlanStep& step) const {
    if (!std::holds_alternative<BinaryParams>(step.op) &&
        !std::holds_alternative<GemmParams>(step.op)) {
      return false;
    }
    const int rank = plan_.values[step.outputs[0]].spec.shape.rank();
    return std::any_of(step.inputs.begin(), step.inputs.end(), [&](int v) {
      return changed_[v] && plan_.values[v].spec.shape.rank() != rank;
    });
  }

  absl::Status ChangeStep(PlanStep& step) {
    const auto& inputs = step.inputs;
    if (!std::any_of(inputs.begin(), inputs.end(), [&](int v) { return changed_[v]; })) {
      return absl::OkStatus();
    }
    if (!KeepsRowsApart(step.op) || SpreadsRows(step)) return Refused(step.name);
    if (auto* reshape = std::get_if<ReshapeParams>(&step.op)) ChangeExtent(reshape->shape);
    if (auto* resize = std::get_if<ResizeParams>(&step.op)) ChangeExtent(resize->sizes);
    std::vector<TensorSpec> specs;
    for (const int input : inputs) specs.push_back(plan_.values[input].spec);
    const absl::StatusOr<TensorSpecs> made = InferShapes(step.op, specs);
    if (!made.ok() || made->size() != step.outputs.size()) return Refused(step.name);
    for (size_t i = 0; i < made->size(); ++i) {
      CONVOY_RETURN_IF_ERROR(Change(step.outputs[i]));
      if ((*made)[i] != plan_.values[step.outputs[i]].spec) return Refused(step.name);
    }
    return absl::OkStatus();
  }

  const int64_t from_;
  const int64_t rows_;
  Plan plan_;
  std::vector<bool> changed_;  // by value: it has rows
};

}  // namespace

absl::StatusOr<Plan> PlanForRows(const Plan& plan, int64_t rows) {
  if (rows < 1 || rows > plan.rows) {
    return absl::UnimplementedError(absl::StrFormat(
        "plan '%s' has a batch of %d and was asked for one of %d", plan.name, plan.rows, rows));
  }
  return RowChange(plan, rows).Make();
}

}  // namespace convoy::compute
