#include "compute/runtime/concat_places.h"

#include <algorithm>

namespace convoy::compute {
namespace {

bool HasBlocks(const TensorSpec& spec, int64_t block) {
  return spec.dtype == DType::kFloat32 && spec.shape.rank() == 4 && spec.shape[0] == 1 &&
         spec.elements() > 0 && spec.shape[1] % block == 0;
}

// A concatenation along the channels, all of whose parts are whole blocks.
bool IsChannelConcat(const Plan& plan, const PlanStep& step, int64_t block) {
  const auto* concat = std::get_if<ConcatParams>(&step.op);
  if (concat == nullptr || concat->axis != 1) return false;
  return std::all_of(step.inputs.begin(), step.inputs.end(),
                     [&](int value) { return HasBlocks(plan.values[value].spec, block); });
}

bool Begins(const PlanStep& shorter, const PlanStep& longer) {
  return shorter.inputs.size() < longer.inputs.size() &&
         std::equal(shorter.inputs.begin(), shorter.inputs.end(), longer.inputs.begin());
}

}  // namespace

std::vector<std::optional<ConcatPlace>> FindConcatPlaces(const Plan& plan, int64_t block) {
  std::vector<std::optional<ConcatPlace>> places(plan.values.size());
  std::vector<bool> computed(plan.values.size(), false);
  std::vector<const PlanStep*> concats;
  for (const PlanStep& step : plan.steps) {
    for (const int value : step.outputs) computed[static_cast<size_t>(value)] = true;
    if (IsChannelConcat(plan, step, block)) concats.push_back(&step);
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

}  // namespace convoy::compute
