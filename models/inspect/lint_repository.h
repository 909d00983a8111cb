// What is wrong with a repository, found without a device and without a server: everything, not the
// first thing alone. `convoy validate` prints it.
//
//   CONVOY_ASSIGN_OR_RETURN(const LintReport report, LintRepository({"models"}));
//
// It reads with the functions that loading reads with. No state.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace convoy::models {

// kError: the server would not load the model. kWarning: it would serve it, but perhaps not as
// whoever wrote the files meant.
enum class Severity { kWarning, kError };

struct Finding {
  Severity severity = Severity::kError;
  std::string path;
  std::string message;  // a sentence without its full stop
  // Of a config's field: where it stands, from 1, and its line with a caret below. 0 and empty
  // where no line is to blame.
  int line = 0;
  int column = 0;
  std::string excerpt;
};

struct LintReport {
  int models = 0;    // found, good and bad
  int versions = 0;  // looked into: those that would be served
  std::vector<Finding> findings;

  int Count(Severity severity) const;
};

// `paths` as `convoy serve` takes them. NOT_FOUND and INVALID_ARGUMENT as Scan.
absl::StatusOr<LintReport> LintRepository(const std::vector<std::string>& paths);

}  // namespace convoy::models
