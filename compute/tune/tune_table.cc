#include "compute/tune/tune_table.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"

namespace convoy::compute {
namespace {

bool IsPrintable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

bool IsProblem(std::string_view text) {
  return !text.empty() && text.size() <= TuneTable::kMaxProblemBytes && IsPrintable(text);
}

bool IsTimedKernel(const TimedKernel& timed) {
  const std::string& name = timed.kernel;
  return !name.empty() && name.size() <= TuneTable::kMaxKernelBytes && IsPrintable(name) &&
         name.find(' ') == std::string::npos && std::isfinite(timed.milliseconds) &&
         timed.milliseconds >= 0;
}

bool IsFaster(const TimedKernel& a, const TimedKernel& b) {
  return a.milliseconds < b.milliseconds;
}

// The text up to `separator`, or all of it; taken off `rest` with the separator.
std::string_view TakeField(std::string_view& rest, char separator) {
  const std::string_view field = rest.substr(0, rest.find(separator));
  rest.remove_prefix(std::min(rest.size(), field.size() + 1));
  return field;
}

// kernel SPACE milliseconds
std::optional<TimedKernel> ParseKernel(std::string_view field) {
  TimedKernel timed;
  timed.kernel = TakeField(field, ' ');
  // SimpleAtod would skip white space.
  const bool is_number = field.find_first_not_of("0123456789.e+-") == std::string_view::npos &&
                         absl::SimpleAtod(std::string(field), &timed.milliseconds);
  if (!is_number || !IsTimedKernel(timed)) return std::nullopt;
  return timed;
}

std::optional<std::vector<TimedKernel>> ParseKernels(std::string_view fields) {
  std::vector<TimedKernel> kernels;
  if (fields.ends_with('\t')) return std::nullopt;
  while (!fields.empty()) {
    const std::optional<TimedKernel> timed = ParseKernel(TakeField(fields, '\t'));
    if (!timed.has_value() || kernels.size() == TuneTable::kMaxKernels) return std::nullopt;
    kernels.push_back(*timed);
  }
  if (kernels.empty() || !std::is_sorted(kernels.begin(), kernels.end(), IsFaster)) {
    return std::nullopt;
  }
  return kernels;
}

}  // namespace

const std::vector<TimedKernel>* TuneTable::Find(std::string_view problem) const {
  const auto found = problems_.find(problem);
  return found == problems_.end() ? nullptr : &found->second.kernels;
}

void TuneTable::Put(std::string_view problem, std::vector<TimedKernel> kernels) {
  const bool holds = IsProblem(problem) && !kernels.empty() && kernels.size() <= kMaxKernels &&
                     std::all_of(kernels.begin(), kernels.end(), IsTimedKernel);
  if (!holds) return;
  std::stable_sort(kernels.begin(), kernels.end(), IsFaster);
  problems_[std::string(problem)] = {std::move(kernels), puts_++};
  if (problems_.size() > kMaxProblems) problems_.erase(ByAge().front());
}

void TuneTable::Adopt(const TuneTable& other) {
  for (const auto& entry : other.ByAge()) {
    if (Find(entry->first) == nullptr) Put(entry->first, entry->second.kernels);
  }
}

std::vector<TuneTable::Entries::const_iterator> TuneTable::ByAge() const {
  std::vector<Entries::const_iterator> entries;
  entries.reserve(problems_.size());
  for (auto entry = problems_.begin(); entry != problems_.end(); ++entry) entries.push_back(entry);
  std::sort(entries.begin(), entries.end(),
            [](const auto& a, const auto& b) { return a->second.age < b->second.age; });
  return entries;
}

std::string TuneTable::ToText() const {
  std::string text;
  for (const auto& entry : ByAge()) {
    text += entry->first;
    for (const TimedKernel& timed : entry->second.kernels) {
      absl::StrAppendFormat(&text, "\t%s %.6g", timed.kernel, timed.milliseconds);
    }
    text += '\n';
  }
  return text;
}

std::optional<TuneTable> TuneTable::Parse(std::string_view text) {
  TuneTable table;
  if (!text.empty() && text.back() != '\n') return std::nullopt;
  while (!text.empty()) {
    std::string_view line = TakeField(text, '\n');
    const std::string_view problem = TakeField(line, '\t');
    std::optional<std::vector<TimedKernel>> kernels = ParseKernels(line);
    const bool is_new = IsProblem(problem) && table.Find(problem) == nullptr;
    if (!is_new || !kernels.has_value() || table.size() == kMaxProblems) return std::nullopt;
    table.Put(problem, *std::move(kernels));
  }
  return table;
}

}  // namespace convoy::compute
