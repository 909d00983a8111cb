#include "cli/amounts.h"

#include <array>

#include "absl/strings/str_format.h"

namespace convoy::cli {
namespace {

// Three significant digits. 999.5 would show as 1000 and is taken to the next unit before.
std::string ThreeDigits(double value) {
  if (value < 9.995) return absl::StrFormat("%.2f", value);
  if (value < 99.95) return absl::StrFormat("%.1f", value);
  return absl::StrFormat("%.0f", value);
}

}  // namespace

std::string Grouped(int64_t count) {
  const std::string digits = absl::StrFormat("%d", count < 0 ? -count : count);
  std::string text = count < 0 ? "-" : "";
  for (size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) text.push_back(',');
    text.push_back(digits[i]);
  }
  return text;
}

std::string Metric(double amount) {
  constexpr std::array kUnits = {" k", " M", " G", " T", " P"};
  if (amount < 999.5) return absl::StrFormat("%.0f", amount);
  size_t unit = 0;
  for (amount /= 1000; amount >= 999.5 && unit + 1 < kUnits.size(); amount /= 1000) ++unit;
  return ThreeDigits(amount) + kUnits[unit];
}

std::string Binary(int64_t bytes) {
  constexpr std::array kUnits = {" KiB", " MiB", " GiB", " TiB"};
  if (bytes < 1024) return absl::StrFormat("%d B", bytes);
  double amount = static_cast<double>(bytes) / 1024;
  size_t unit = 0;
  for (; amount >= 999.5 && unit + 1 < kUnits.size(); amount /= 1024) ++unit;
  return ThreeDigits(amount) + kUnits[unit];
}

double Giga(double amount, double milliseconds) {
  return milliseconds > 0 ? amount / milliseconds * 1e-6 : 0;
}

}  // namespace convoy::cli
