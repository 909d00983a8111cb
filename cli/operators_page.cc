#include "cli/operators_page.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "models/onnx/node_import.h"
#include "models/onnx/onnx_model.h"

namespace convoy::cli {
namespace {

struct EngineOperator {
  std::string_view family;
  std::string_view file;
  std::string_view name;
  std::string_view cpu;
  std::string_view vulkan;
};

constexpr EngineOperator kEngineOperators[] = {
#define CONVOY_OP(family, file, Name, cpu, vulkan) {#family, #file, #Name, #cpu, #vulkan},
#include "compute/ops/op_table.def"
#undef CONVOY_OP
};

std::string NameOf(const models::ImportRule& rule) {
  if (rule.domain.empty()) return std::string(rule.op_type);
  return absl::StrFormat("%s.%s", rule.domain, rule.op_type);
}

std::string NamesOf(const models::ImportFamily& family) {
  std::vector<std::string> names;
  for (const models::ImportRule& rule : family.rules)
    names.push_back(absl::StrFormat("`%s`", NameOf(rule)));
  std::sort(names.begin(), names.end());
  return absl::StrJoin(names, ", ");
}

}  // namespace

std::string RenderOperatorsPage() {
  std::string page =
      "# Operators\n\n"
      "This page is rendered from `compute/ops/op_table.def` and the importer's tables by `make "
      "docs`, and a test compares it.\n\n"
      "## ONNX operators that models may use\n";
  absl::StrAppendFormat(
      &page,
      "Opsets %d to %d. A model with any other operator is refused when it loads, by the name of "
      "the "
      "operator and of the node; `convoy inspect` lists all of them. What an importer function "
      "does "
      "not take of its operator it refuses with the attribute, the value and what is allowed.\n\n",
      models::kMinOpset, models::kMaxOpset);
  page += "| operators | each becomes what its function says in |\n|---|---|\n";
  for (const models::ImportFamily& family : models::AllRules()) {
    absl::StrAppendFormat(&page, "| %s | `models/onnx/%s` |\n", NamesOf(family), family.file);
  }
  page += "\n";
  page +=
      "## Operators of the engine\n"
      "What ONNX operators become. Every one has a reference: the textbook formula, which runs on "
      "the `reference` device and is the oracle of the tests. Where the CPU column says "
      "`reference`, "
      "the `cpu` device runs that formula too, as it does for integers. The header says what the "
      "operator takes; each line of the cases is a problem that all devices solve in "
      "`conformance_test`.\n\n"
      "| operator | takes | formula | cpu | vulkan | cases |\n|---|---|---|---|---|---|\n";
  for (const EngineOperator& op : kEngineOperators) {
    const std::string stem = absl::StrFormat("compute/ops/%s/%s", op.family, op.file);
    absl::StrAppendFormat(&page, "| %s | `%s.h` | `%s_reference.cc` | %s | %s | `%s.cases` |\n",
                          op.name, stem, stem, op.cpu,
                          op.vulkan == "vulkan" ? "own shaders" : op.vulkan, op.file);
  }
  return page;
}

}  // namespace convoy::cli
