// Networks of the zoo that need an operator which Convoy does not have yet, and which one. Their
// tests demand that loading fails for that reason, so that the list can not grow stale.
#pragma once

#include <map>
#include <string_view>

namespace convoy::models {

inline const std::map<std::string_view, std::string_view>& AwaitedNetworks() {
  static const auto* const networks = new std::map<std::string_view, std::string_view>{
      {"alexnet", "LRN"},      {"convnext_t", "ReduceMean"},
      {"googlenet", "LRN"},    {"mobilenet_v3", "HardSwish"},
      {"segnet", "MaxUnpool"}, {"vnet", "PRelu"},
      {"zfnet", "LRN"},
  };
  return *networks;
}

}  // namespace convoy::models
