// Several functions as the one that std::visit takes.
//
//   std::visit(Overloaded{[](const ConvParams&) { ... }, [](const auto&) { ... }}, op);
#pragma once

namespace convoy::compute {

template <typename... Functions>
struct Overloaded : Functions... {
  using Functions::operator()...;
};

}  // namespace convoy::compute
