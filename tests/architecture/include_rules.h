// The include rules of layers.txt as plain data, and the check of one file against them.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace convoy::architecture {

struct Rules {
  std::map<std::string, std::vector<std::string>>
      layers;  // folder -> folders or files it may include
  std::map<std::string, std::vector<std::string>> files;  // path ending -> the same
  std::vector<std::pair<std::vector<std::string>, std::vector<std::string>>> doors;
};

// Aborts the test program on a line it does not understand: a rule that is not read protects
// nothing.
Rules ParseRules(std::string_view text);

struct Include {
  std::string header;
  bool quoted = false;  // "x.h" rather than <x.h>
};
std::vector<Include> IncludesOf(std::string_view source);

// One sentence a violation.
std::vector<std::string> CheckFile(const Rules& rules, const std::string& path,
                                   const std::vector<Include>& includes);

// A cycle among the layers as "a -> b -> a"; empty when there is none.
std::string FindCycle(const Rules& rules);

}  // namespace convoy::architecture
