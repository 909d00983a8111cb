#include "compute/runtime/split_plan.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/str_format.h"

namespace convoy::compute {
namespace {

// Builds one part: its values are those that its steps touch, numbered anew.
class PartBuilder {
 public:
  PartBuilder(const Plan& whole, bool second) : whole_(whole) {
    part_.second = second;
    part_.plan.name = whole.name;
  }

  void AddStep(const PlanStep& step) {
    PlanStep own = step;
    for (int& input : own.inputs) input = Use(input);
    for (int& output : own.outputs) {
      made_.insert(output);
      output = Number(output);
    }
    part_.plan.steps.push_back(std::move(own));
  }

  // `needed`: values of the whole plan that others read.
  PlanPart Finish(const std::set<int>& needed, int index) && {
    part_.plan.name += absl::StrFormat(" part %d", index);
    for (const int value : made_) {
      if (needed.contains(value)) {
        part_.outputs.push_back(value);
        part_.plan.outputs.push_back(numbers_.at(value));
      }
    }
    return std::move(part_);
  }

 private:
  // A value that a step reads: an input of the part unless it is made here or known.
  int Use(int value) {
    const bool seen = numbers_.contains(value);
    const int number = Number(value);
    if (!seen && whole_.values[value].constant == nullptr) {
      part_.inputs.push_back(value);
      part_.plan.inputs.push_back(number);
    }
    return number;
  }

  int Number(int value) {
    const auto [entry, is_new] = numbers_.emplace(value, part_.plan.values.size());
    if (is_new) part_.plan.values.push_back(whole_.values[value]);
    return entry->second;
  }

  const Plan& whole_;
  PlanPart part_;
  std::map<int, int> numbers_;  // of the whole plan's values in the part
  std::set<int> made_;          // values of the whole plan
};

// Values that steps outside of [first, last) read, or that are outputs of the plan.
std::set<int> NeededOutside(const Plan& plan, size_t first, size_t last) {
  std::set<int> needed(plan.outputs.begin(), plan.outputs.end());
  for (size_t i = 0; i < plan.steps.size(); ++i) {
    if (i >= first && i < last) continue;
    needed.insert(plan.steps[i].inputs.begin(), plan.steps[i].inputs.end());
  }
  return needed;
}

}  // namespace

std::vector<PlanPart> SplitPlan(const Plan& plan, const std::vector<bool>& second) {
  std::vector<PlanPart> parts;
  for (size_t first = 0; first < plan.steps.size();) {
    size_t last = first + 1;
    while (last < plan.steps.size() && second[last] == second[first]) ++last;
    PartBuilder part(plan, second[first]);
    for (size_t i = first; i < last; ++i) part.AddStep(plan.steps[i]);
    parts.push_back(
        std::move(part).Finish(NeededOutside(plan, first, last), static_cast<int>(parts.size())));
    first = last;
  }
  return parts;
}

}  // namespace convoy::compute
