#include "compute/runtime/concat_places.h"

#include <algorithm>
#include <functional>

namespace convoy::compute {
namespace {

// Whether a part is a run of its whole's memory; the last part's end may be ragged.
using IsRun = std::function<bool(const TensorSpec& part, bool is_last)>;

bool IsChannelConcat(const Plan& plan, const PlanStep& step, const IsRun& is_run) {
  const auto* concat = std::get_if<ConcatParams>(&step.op);
  if (concat == nullptr || concat->axis != 1) return false;
  for (size_t i = 0; i < step.inputs.size(); ++i) {
    if (!is_run(plan.values[step.inputs[i]].spec, i + 1 == step.inputs.size())) return false;
  }
  return true;
}

bool Begins(const PlanStep& shorter, const PlanStep& longer) {
  return shorter.inputs.size() < longer.inputs.size() &&
         std::equal(shorter.inputs.begin(), shorter.inputs.end(), longer.inputs.begin());
}

ConcatPlaces FindPlaces(const Plan& plan, const IsRun& is_run) {
  ConcatPlaces places(plan.values.size());
  std::vector<bool> computed(plan.values.size(), false);
  std::vector<const PlanStep*> concats;
  for (const PlanStep& step : plan.steps) {
    for (const int value : step.outputs) computed[static_cast<size_t>(value)] = true;
    if (IsChannelConcat(plan, step, is_run)) concats.push_back(&step);
  }
  for (auto step = concats.begin(); step != concats.end(); ++step) {
    const int whole = (*step)->outputs[0];
    int64_t channel = 0;
    for (const int value : (*step)->inputs) {
      // The first that asks gets it; another copies.
      auto& place = places[static_cast<size_t>(value)];
      if (computed[static_cast<size_t>(value)] && !place.has_value()) place = {whole, channel};
      channel += plan.values[value].spec.shape[1];
    }
    const auto longer = std::find_if(step + 1, concats.end(),
                                     [&](const PlanStep* later) { return Begins(**step, *later); });
    if (longer != concats.end()) places[static_cast<size_t>(whole)] = {(*longer)->outputs[0], 0};
  }
  return places;
}

}  // namespace

ConcatPlaces FindConcatPlaces(const Plan& plan, int64_t block) {
  return FindPlaces(plan, [block](const TensorSpec& part, bool) {
    return part.dtype == DType::kFloat32 && part.shape.rank() == 4 && part.shape[0] == 1 &&
           part.elements() > 0 && part.shape[1] % block == 0;
  });
}

ConcatPlaces FindQuadPlaces(const Plan& plan) {
  return FindPlaces(plan, [](const TensorSpec& part, bool is_last) {
    return part.shape.rank() >= 2 && part.shape.rank() <= 5 && part.elements() > 0 &&
           (is_last || part.shape[1] % 4 == 0);
  });
}

}  // namespace convoy::compute
