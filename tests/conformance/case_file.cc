#include "tests/conformance/case_file.h"

#include <fstream>
#include <iterator>

#include "absl/strings/numbers.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "compute/base/status.h"

namespace convoy::testing {
namespace {

constexpr int64_t kDefaultBatches[] = {1, 3, 8};

// "key=value" or "flag".
std::pair<std::string, std::string> SplitField(const std::string& token) {
  return absl::StrSplit(token, absl::MaxSplits('=', 1));
}

absl::StatusOr<Case> ParseCase(std::string_view op, double bound,
                               const std::vector<std::string>& tokens) {
  Case parsed{std::string(op), tokens.front(), {}, bound, {}};
  if (bound <= 0) return absl::InvalidArgumentError("a case comes before the bound of its file");
  for (size_t i = 1; i < tokens.size(); ++i) {
    const auto [key, value] = SplitField(tokens[i]);
    if (!parsed.fields.emplace(key, value).second) {
      return absl::InvalidArgumentError(absl::StrFormat("field '%s' is given twice", key));
    }
  }
  parsed.batches.assign(std::begin(kDefaultBatches), std::end(kDefaultBatches));
  if (parsed.fields.count("n") != 0) {
    CaseFields fields = parsed.FieldsAt(1);
    parsed.batches = fields.Numbers("n");
    parsed.fields.erase("n");
  }
  for (const int64_t batch : parsed.batches) {
    if (batch < 1) return absl::InvalidArgumentError("a batch size is less than 1");
  }
  return parsed;
}

}  // namespace

bool CaseFields::Has(const std::string& key) {
  asked_.insert(key);
  return fields_.count(key) != 0;
}

std::string CaseFields::Word(const std::string& key, std::string_view fallback) {
  return Has(key) ? fields_[key] : std::string(fallback);
}

float CaseFields::Number(const std::string& key, float fallback) {
  if (!Has(key)) return fallback;
  float value = 0;
  if (!absl::SimpleAtof(fields_[key], &value)) {
    Fail(absl::StrFormat("%s=%s is not a number", key, fields_[key]));
  }
  return value;
}

std::vector<int64_t> CaseFields::Numbers(const std::string& key) {
  std::vector<int64_t> numbers;
  if (!Has(key) || fields_[key].empty()) return numbers;
  for (const std::string& part :
       std::vector<std::string>(absl::StrSplit(fields_[key], absl::ByAnyChar("x,")))) {
    int64_t number = batch_;
    if (part != "N" && !absl::SimpleAtoi(part, &number)) {
      Fail(absl::StrFormat("%s=%s has the entry '%s', which is neither a number nor N", key,
                           fields_[key], part));
    }
    numbers.push_back(number);
  }
  return numbers;
}

compute::Shape CaseFields::ShapeOf(const std::string& key) {
  if (!Has(key)) Fail(absl::StrFormat("field '%s' is missing", key));
  return compute::Shape(std::span<const int64_t>(Numbers(key)));
}

bool CaseFields::IsBatched(const std::string& key) const {
  const auto found = fields_.find(key);
  return found != fields_.end() && found->second.find('N') != std::string::npos;
}

void CaseFields::Fail(std::string message) {
  if (error_.empty()) error_ = std::move(message);
}

absl::Status CaseFields::Finish() const {
  if (!error_.empty()) return absl::InvalidArgumentError(error_);
  for (const auto& [key, value] : fields_) {
    if (asked_.count(key) == 0) {
      return absl::InvalidArgumentError(absl::StrFormat("field '%s' is unknown", key));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Case>> ParseCases(std::string_view op, std::string_view text) {
  std::vector<Case> cases;
  std::set<std::string> names;
  double bound = 0;
  int number = 0;
  for (const std::string& line :
       std::vector<std::string>(absl::StrSplit(std::string(text), '\n'))) {
    ++number;
    const std::vector<std::string> tokens = absl::StrSplit(line, ' ', absl::SkipEmpty());
    if (tokens.empty() || tokens.front().front() == '#') continue;
    const std::string where = absl::StrFormat("in line %d of %s.cases", number, op);
    if (tokens.front() == "bound") {
      if (tokens.size() != 2 || !absl::SimpleAtod(tokens[1], &bound)) {
        return absl::InvalidArgumentError(absl::StrFormat("bound takes one number, %s", where));
      }
      continue;
    }
    absl::StatusOr<Case> parsed = ParseCase(op, bound, tokens);
    if (!parsed.ok()) return compute::WithContext(parsed.status(), where);
    if (!names.insert(parsed->name).second) {
      return absl::InvalidArgumentError(
          absl::StrFormat("case '%s' is there twice, %s", parsed->name, where));
    }
    cases.push_back(*std::move(parsed));
  }
  return cases;
}

absl::StatusOr<std::vector<Case>> ReadCases(std::string_view op) {
  const std::string path = absl::StrFormat("%s/%s.cases", CONVOY_CASES_DIR, op);
  std::ifstream file(path);
  if (!file) return absl::NotFoundError(absl::StrFormat("there is no case file %s", path));
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  return ParseCases(op, text);
}

std::vector<std::string> OperatorFiles() {
  return {
#define CONVOY_OP(family, file, Name, cpu, vulkan) #file,
#include "compute/ops/op_table.def"
#undef CONVOY_OP
  };
}

}  // namespace convoy::testing
