#include "compute/plan/plan.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "compute/base/status.h"

namespace convoy::compute {
namespace {

// Where a line's type begins: wide enough for most steps.
constexpr int kTypeColumn = 64;

std::string NumberList(const std::vector<int>& values) {
  return absl::StrJoin(values, ", ",
                       [](std::string* out, int v) { absl::StrAppendFormat(out, "%%%d", v); });
}

// Follows which values exist while the plan is read from top to bottom.
class Verifier {
 public:
  explicit Verifier(const Plan& plan) : plan_(plan), defined_(plan.values.size(), false) {}

  absl::Status Verify() {
    CONVOY_RETURN_IF_ERROR(DefineConstants());
    for (const int input : plan_.inputs) {
      CONVOY_RETURN_IF_ERROR(Define(input));
    }
    for (const PlanStep& step : plan_.steps) {
      if (absl::Status status = VerifyStep(step); !status.ok()) {
        return absl::InternalError(absl::StrFormat("%s, while verifying step '%s' of plan '%s'",
                                                   std::string(status.message()), step.name,
                                                   plan_.name));
      }
    }
    for (const int output : plan_.outputs) {
      CONVOY_RETURN_IF_ERROR(Read(output));
    }
    return absl::OkStatus();
  }

 private:
  absl::Status DefineConstants() {
    for (size_t i = 0; i < plan_.values.size(); ++i) {
      const PlanValue& value = plan_.values[i];
      if (value.constant == nullptr) continue;
      if (value.constant->spec() != value.spec) {
        return absl::InternalError(
            absl::StrFormat("value %%%d is declared as %s, but its constant is %s", i,
                            value.spec.ToString(), value.constant->spec().ToString()));
      }
      defined_[i] = true;
    }
    return absl::OkStatus();
  }

  absl::Status CheckRange(int id) const {
    if (id >= 0 && id < static_cast<int>(defined_.size())) return absl::OkStatus();
    return absl::InternalError(
        absl::StrFormat("value %%%d is named, but the plan has %d values", id, defined_.size()));
  }

  absl::Status Define(int id) {
    CONVOY_RETURN_IF_ERROR(CheckRange(id));
    if (defined_[static_cast<size_t>(id)]) {
      return absl::InternalError(
          absl::StrFormat("value %%%d is defined twice, but may be defined once", id));
    }
    defined_[static_cast<size_t>(id)] = true;
    return absl::OkStatus();
  }

  absl::Status Read(int id) const {
    CONVOY_RETURN_IF_ERROR(CheckRange(id));
    if (defined_[static_cast<size_t>(id)]) return absl::OkStatus();
    return absl::InternalError(absl::StrFormat("value %%%d is read before it is defined", id));
  }

  absl::Status VerifyStep(const PlanStep& step) {
    std::vector<TensorSpec> inputs;
    for (const int input : step.inputs) {
      CONVOY_RETURN_IF_ERROR(Read(input));
      inputs.push_back(plan_.values[static_cast<size_t>(input)].spec);
    }
    CONVOY_ASSIGN_OR_RETURN(const TensorSpecs specs, InferShapes(step.op, inputs));
    if (specs.size() != step.outputs.size()) {
      return absl::InternalError(absl::StrFormat("%s has %d outputs, but the step names %d",
                                                 OpName(step.op), specs.size(),
                                                 step.outputs.size()));
    }
    for (size_t i = 0; i < specs.size(); ++i) {
      const int output = step.outputs[i];
      CONVOY_RETURN_IF_ERROR(Define(output));
      const TensorSpec& declared = plan_.values[static_cast<size_t>(output)].spec;
      if (declared == specs[i]) continue;
      return absl::InternalError(absl::StrFormat("value %%%d is declared as %s, but %s makes %s",
                                                 output, declared.ToString(), OpName(step.op),
                                                 specs[i].ToString()));
    }
    return absl::OkStatus();
  }

  const Plan& plan_;
  std::vector<bool> defined_;
};

void AppendLine(std::string* text, const std::string& left, const std::string& right) {
  absl::StrAppendFormat(text, "%-*s : %s\n", kTypeColumn, left, right);
}

std::string SpecText(const Plan& plan, int id) {
  return plan.values[static_cast<size_t>(id)].spec.ToString();
}

}  // namespace

absl::Status VerifyPlan(const Plan& plan) { return Verifier(plan).Verify(); }

std::string ToString(const Plan& plan) {
  std::string text;
  for (const int input : plan.inputs) {
    AppendLine(&text, absl::StrFormat("%%%d = input", input), SpecText(plan, input));
  }
  for (size_t i = 0; i < plan.values.size(); ++i) {
    if (plan.values[i].constant == nullptr) continue;
    AppendLine(&text, absl::StrFormat("%%%d = constant", i), plan.values[i].spec.ToString());
  }
  for (const PlanStep& step : plan.steps) {
    const std::string attributes = AttributesOf(step.op);
    const std::string left =
        absl::StrFormat("%s = %s(%s)%s%s", NumberList(step.outputs), OpName(step.op),
                        NumberList(step.inputs), attributes.empty() ? "" : " ", attributes);
    std::vector<std::string> specs;
    for (const int output : step.outputs) specs.push_back(SpecText(plan, output));
    AppendLine(&text, left, absl::StrJoin(specs, ", "));
  }
  absl::StrAppendFormat(&text, "return %s\n", NumberList(plan.outputs));
  return text;
}

}  // namespace convoy::compute
