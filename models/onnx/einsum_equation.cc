#include "models/onnx/einsum_equation.h"

#include <algorithm>
#include <map>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"
#include "compute/base/quote.h"
#include "compute/base/status.h"

namespace convoy::models {
namespace {

constexpr int kFirstOfEllipsis = 256;  // its last dimension; those in front count on

absl::Status Wrong(std::string_view equation, std::string_view what) {
  return absl::InvalidArgumentError(
      absl::StrFormat("equation %s %s", compute::Quote(std::string(equation)), what));
}

// Appends the labels of the `count` dimensions that "..." stands for.
void AppendEllipsis(int count, EinsumLabels& labels) {
  for (int i = count; i-- > 0;) labels.push_back(kFirstOfEllipsis + i);
}

int CountLetters(std::string_view term) {
  return static_cast<int>(std::count_if(term.begin(), term.end(), [](char c) {
    return absl::ascii_isalpha(static_cast<unsigned char>(c));
  }));
}

// A term with `hidden` dimensions where it says "...".
absl::StatusOr<EinsumLabels> ParseTerm(std::string_view equation, std::string_view term,
                                       int hidden) {
  EinsumLabels labels;
  bool ellipsis = false;
  for (size_t i = 0; i < term.size(); ++i) {
    if (absl::ascii_isalpha(static_cast<unsigned char>(term[i]))) {
      labels.push_back(term[i]);
    } else if (term.substr(i, 3) == "..." && !ellipsis) {
      ellipsis = true;
      AppendEllipsis(hidden, labels);
      i += 2;
    } else {
      return Wrong(equation, "may hold letters and one '...' a term");
    }
  }
  return labels;
}

// What the result has where the equation does not say: "...", then what occurs once.
EinsumLabels ImplicitResult(const std::vector<EinsumLabels>& operands, int hidden) {
  std::map<int, int> uses;
  for (const EinsumLabels& labels : operands) {
    for (const int label : labels) ++uses[label];
  }
  EinsumLabels result;
  AppendEllipsis(hidden, result);
  for (const auto& [label, count] : uses) {
    if (label < kFirstOfEllipsis && count == 1) result.push_back(label);
  }
  return result;
}

absl::Status CheckResult(std::string_view equation, const EinsumEquation& parsed) {
  for (const int label : parsed.result) {
    const bool once = std::count(parsed.result.begin(), parsed.result.end(), label) == 1;
    const bool given = std::any_of(
        parsed.operands.begin(), parsed.operands.end(), [&](const EinsumLabels& labels) {
          return std::find(labels.begin(), labels.end(), label) != labels.end();
        });
    if (!once || !given) {
      return Wrong(equation, "must have each label of the result once in it, and in an operand");
    }
  }
  return absl::OkStatus();
}

std::vector<std::string_view> SplitTerms(std::string_view operands) {
  std::vector<std::string_view> terms;
  for (size_t start = 0; start <= operands.size();) {
    const size_t end = std::min(operands.find(',', start), operands.size());
    terms.push_back(operands.substr(start, end - start));
    start = end + 1;
  }
  return terms;
}

}  // namespace

absl::StatusOr<EinsumEquation> ParseEinsum(std::string_view equation,
                                           const std::vector<int>& ranks) {
  std::string dense(equation);
  dense.erase(std::remove(dense.begin(), dense.end(), ' '), dense.end());
  const std::string_view text = dense;
  const size_t arrow = text.find("->");
  const std::vector<std::string_view> terms = SplitTerms(text.substr(0, arrow));
  if (terms.size() != ranks.size()) {
    return Wrong(equation, absl::StrFormat("has %d terms, but the node has %d inputs", terms.size(),
                                           ranks.size()));
  }
  EinsumEquation parsed;
  int most_hidden = 0;
  for (size_t i = 0; i < terms.size(); ++i) {
    const int hidden = ranks[i] - CountLetters(terms[i]);
    const bool ellipsis = terms[i].find("...") != std::string_view::npos;
    if (hidden < 0 || (hidden > 0 && !ellipsis)) {
      return Wrong(equation,
                   absl::StrFormat("does not fit the rank %d of operand %d", ranks[i], i));
    }
    CONVOY_ASSIGN_OR_RETURN(EinsumLabels labels, ParseTerm(equation, terms[i], hidden));
    parsed.operands.push_back(std::move(labels));
    most_hidden = std::max(most_hidden, hidden);
  }
  if (arrow == std::string_view::npos) {
    parsed.result = ImplicitResult(parsed.operands, most_hidden);
    return parsed;
  }
  CONVOY_ASSIGN_OR_RETURN(parsed.result, ParseTerm(equation, text.substr(arrow + 2), most_hidden));
  CONVOY_RETURN_IF_ERROR(CheckResult(equation, parsed));
  return parsed;
}

}  // namespace convoy::models
