#include "server/rpc/top_k.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace convoy::server {

std::vector<ScoredClass> TopK(std::span<const double> scores, int64_t k) {
  std::vector<int64_t> order(scores.size());
  std::iota(order.begin(), order.end(), 0);
  const auto better = [&](int64_t a, int64_t b) {
    const double score_a = scores[static_cast<size_t>(a)];
    const double score_b = scores[static_cast<size_t>(b)];
    if (std::isnan(score_a) != std::isnan(score_b)) return std::isnan(score_b);
    if (score_a > score_b) return true;
    if (score_b > score_a) return false;
    return a < b;
  };
  const auto count = std::min(static_cast<size_t>(std::max<int64_t>(k, 0)), order.size());
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count), order.end(),
                    better);
  std::vector<ScoredClass> best;
  best.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    best.push_back({order[i], scores[static_cast<size_t>(order[i])]});
  }
  return best;
}

void Softmax(std::span<double> scores) {
  if (scores.empty()) return;
  const double largest = *std::max_element(scores.begin(), scores.end());
  double sum = 0;
  for (double& score : scores) {
    score = std::exp(score - largest);
    sum += score;
  }
  for (double& score : scores) score /= sum;
}

}  // namespace convoy::server
