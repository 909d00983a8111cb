// Several functions as the one that std::visit takes.
//
//   std::visit(Overloaded{[](const ConvParams&) { ... }, [](const auto&) { ... }}, op);
#pragma once

namespace convoy::compute {

template <typename... Functions>
struct Overloaded : Functions... {
  using Functions::operator()...;
};
// C++20 deduces it by itself; clang 14 does not.
template <typename... Functions>
Overloaded(Functions...) -> Overloaded<Functions...>;

}  // namespace convoy::compute
