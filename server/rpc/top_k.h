// The best classes of a row of scores. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace convoy::server {

struct ScoredClass {
  int64_t index = 0;
  double score = 0;
};

// The `k` largest scores, best first; of equal ones the lower index first, NaN last.
std::vector<ScoredClass> TopK(std::span<const double> scores, int64_t k);

// exp(score) / sum, in place, computed so that no score overflows.
void Softmax(std::span<double> scores);

}  // namespace convoy::server
