// ONNX operators that Convoy leaves out on purpose, each with the reason a user is told. Pure.
#pragma once

#include <string_view>

namespace convoy::models {

// "recurrent cells are out of Convoy's scope"; empty for every other operator.
std::string_view ReasonOutOfScope(std::string_view domain, std::string_view op_type);

}  // namespace convoy::models
