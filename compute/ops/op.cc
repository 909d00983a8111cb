#include "compute/ops/op.h"

#include <type_traits>

#include "compute/base/status.h"

namespace convoy::compute {
namespace {

template <typename Params>
constexpr bool kIsNoOperator = std::is_same_v<std::decay_t<Params>, std::monostate>;

#define CONVOY_OP(family, file, Name, cpu, vulkan) \
  std::string_view NameOfParams(const Name##Params&) { return #Name; }
#include "compute/ops/op_table.def"
#undef CONVOY_OP
std::string_view NameOfParams(const std::monostate&) { return "none"; }

}  // namespace

std::string_view OpName(const OpParams& op) {
  return std::visit([](const auto& params) { return NameOfParams(params); }, op);
}

absl::StatusOr<TensorSpecs> InferShapes(const OpParams& op, std::span<const TensorSpec> inputs) {
  return std::visit(
      [&](const auto& params) -> absl::StatusOr<TensorSpecs> {
        if constexpr (kIsNoOperator<decltype(params)>) {
          return absl::InvalidArgumentError("a step without an operator has no outputs");
        } else {
          return InferShapes(params, inputs);
        }
      },
      op);
}

OpCost EstimateCost(const OpParams& op, std::span<const TensorSpec> inputs,
                    std::span<const TensorSpec> outputs) {
  return std::visit(
      [&](const auto& params) -> OpCost {
        if constexpr (kIsNoOperator<decltype(params)>) {
          return {};
        } else {
          return EstimateCost(params, inputs, outputs);
        }
      },
      op);
}

void RunReference(const OpParams& op, std::span<const TensorView> inputs,
                  std::span<const MutableTensorView> outputs) {
  std::visit(
      [&](const auto& params) {
        if constexpr (!kIsNoOperator<decltype(params)>) RunReference(params, inputs, outputs);
      },
      op);
}

std::string AttributesOf(const OpParams& op) {
  return std::visit(
      [](const auto& params) -> std::string {
        if constexpr (kIsNoOperator<decltype(params)>) {
          return "";
        } else {
          return AttributesOf(params);
        }
      },
      op);
}

}  // namespace convoy::compute
