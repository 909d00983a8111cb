#include "models/lower/lower.h"

#include <algorithm>
#include <utility>

#include "compute/base/status.h"

namespace convoy::models {
namespace {

using compute::Plan;

class Lowering {
 public:
  Lowering(const Graph& graph, std::string name)
      : graph_(graph), numbers_(graph.values.size(), -1) {
    plan_.name = std::move(name);
  }

  Plan Run() && {
    const std::vector<bool> keep = NeededNodes();
    plan_.inputs = Numbers(graph_.inputs);
    for (size_t i = 0; i < graph_.nodes.size(); ++i) {
      if (!keep[i]) continue;
      const Node& node = graph_.nodes[i];
      std::vector<int> inputs = Numbers(node.inputs);
      std::vector<int> outputs = Numbers(node.outputs);
      plan_.steps.push_back({node.name, node.op, std::move(inputs), std::move(outputs)});
    }
    plan_.outputs = Numbers(graph_.outputs);
    return std::move(plan_);
  }

 private:
  std::vector<bool> NeededNodes() const {
    std::vector<bool> needed(graph_.values.size());
    for (const ValueId id : graph_.outputs) needed[id] = true;
    std::vector<bool> keep(graph_.nodes.size());
    for (size_t i = graph_.nodes.size(); i-- > 0;) {
      const Node& node = graph_.nodes[i];
      keep[i] = std::any_of(node.outputs.begin(), node.outputs.end(),
                            [&](ValueId id) { return needed[id]; });
      if (!keep[i]) continue;
      for (const ValueId id : node.inputs) needed[id] = true;
    }
    return keep;
  }

  std::vector<int> Numbers(const std::vector<ValueId>& ids) {
    std::vector<int> numbers;
    for (const ValueId id : ids) {
      if (numbers_[id] < 0) {
        const Value& value = graph_.values[id];
        numbers_[id] = static_cast<int>(plan_.values.size());
        plan_.values.push_back({value.name, value.spec, value.constant});
      }
      numbers.push_back(numbers_[id]);
    }
    return numbers;
  }

  const Graph& graph_;
  std::vector<int> numbers_;  // plan value of each graph value; -1: none yet
  Plan plan_;
};

}  // namespace

absl::StatusOr<Plan> LowerToPlan(const Graph& graph, std::string name) {
  CONVOY_RETURN_IF_ERROR(VerifyGraph(graph));
  Plan plan = Lowering(graph, std::move(name)).Run();
  CONVOY_RETURN_IF_ERROR(VerifyPlan(plan));
  return plan;
}

}  // namespace convoy::models
