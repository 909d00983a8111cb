// The nearest known word to one that is not known: "clasify" -> "classify". Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace convoy::cli {

// Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`.
int EditDistance(std::string_view a, std::string_view b);

// The candidate with the smallest distance, or an empty text when even that one is further than a
// third of the word's length (at least 1).
std::string Nearest(std::string_view word, std::span<const std::string> candidates);

}  // namespace convoy::cli
