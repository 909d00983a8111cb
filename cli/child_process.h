// A program that this one starts, watches and stops.
//
//   CONVOY_ASSIGN_OR_RETURN(std::unique_ptr<ChildProcess> child,
//                           ChildProcess::Start({"/usr/bin/convoy", "serve", "models"}));
//   CONVOY_ASSIGN_OR_RETURN(int code, child->Terminate(absl::Seconds(30)));
//
// It shares standard output and error with its parent unless told otherwise. It does not outlive
// this object, nor the thread that started it: Linux sends it SIGTERM when that ends, even by a
// signal that no destructor survives. Used by one thread at a time.
#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace convoy::cli {

struct ChildOptions {
  // What the program writes to standard output and error goes behind what this file holds; empty:
  // it goes where this program's output goes.
  std::string output_path;
  // "NAME=value" each; absent: this program's own.
  std::optional<std::vector<std::string>> environment;
};

class ChildProcess {
 public:
  // `arguments[0]` is the path of the program. INTERNAL names it and the reason when it cannot be
  // started.
  static absl::StatusOr<std::unique_ptr<ChildProcess>> Start(
      const std::vector<std::string>& arguments, const ChildOptions& options = {});
  ~ChildProcess();  // kills it if it still runs

  // Its exit code once it has ended (128 + the signal that ended it), nothing while it runs.
  std::optional<int> Poll();

  // Sends SIGTERM and waits for the end. DEADLINE_EXCEEDED, and SIGKILL, after `timeout`.
  absl::StatusOr<int> Terminate(absl::Duration timeout);

 private:
  explicit ChildProcess(pid_t pid) : pid_(pid) {}

  pid_t pid_;
  std::optional<int> exit_code_;
};

// The path of the running program.
absl::StatusOr<std::string> OwnPath();

}  // namespace convoy::cli
