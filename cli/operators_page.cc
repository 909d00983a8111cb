#include "cli/operators_page.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "absl/strings/str_format.h"
#include "models/onnx/node_import.h"

namespace convoy::cli {
namespace {

struct EngineOperator {
  std::string_view family;
  std::string_view name;
  std::string_view cpu;
  std::string_view vulkan;
};

constexpr EngineOperator kEngineOperators[] = {
#define CONVOY_OP(family, file, Name, cpu, vulkan) {#family, #Name, #cpu, #vulkan},
#include "compute/ops/op_table.def"
#undef CONVOY_OP
};

std::vector<std::string> OnnxOperators() {
  std::vector<std::string> names;
  for (const auto& rules :
       {models::ConvRules(), models::PoolRules(), models::NormRules(), models::ElementwiseRules(),
        models::GemmRules(), models::ReduceRules(), models::MoveRules(), models::ReshapeRules(),
        models::ResizeRules(), models::ConstantRules()}) {
    for (const models::ImportRule& rule : rules) names.emplace_back(rule.op_type);
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

std::string RenderOperatorsPage() {
  std::string page =
      "# Operators\n\n"
      "This page is rendered from `compute/ops/op_table.def` and the importer's tables by `make "
      "docs`, and a test compares it.\n\n"
      "## ONNX operators that models may use\n"
      "Opsets 7 to 25. A model with any other operator is refused when it loads, by the name of "
      "the operator and of the node.\n\n";
  std::string list;
  for (const std::string& name : OnnxOperators()) {
    list += absl::StrFormat("%s`%s`", list.empty() ? "" : ", ", name);
  }
  page += list + ".\n\n";
  page +=
      "## Operators of the engine\n"
      "Every one has a reference: the textbook formula, which runs on the `reference` device and "
      "is the oracle of the tests. Where the CPU column says `reference`, the `cpu` device runs "
      "that formula too.\n\n"
      "| folder | operator | cpu | vulkan |\n|---|---|---|---|\n";
  for (const EngineOperator& op : kEngineOperators) {
    page += absl::StrFormat("| `compute/ops/%s` | %s | %s | %s |\n", op.family, op.name, op.cpu,
                            op.vulkan == "vulkan" ? "own shaders" : op.vulkan);
  }
  return page;
}

}  // namespace convoy::cli
