// The processes that server_cost measures, each a run of its own program: a server, a bare gRPC
// echo server, and the engine without a server.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace convoy::testing {

// A child that printed a line and then runs until this object goes.
class CostChild {
 public:
  // `arguments` are those of this program.
  static absl::StatusOr<CostChild> Start(const std::vector<std::string>& arguments);
  CostChild(CostChild&& other) noexcept;
  CostChild& operator=(CostChild&&) = delete;
  ~CostChild();

  const std::string& line() const { return line_; }
  // Time that it has had on cores so far, its ended threads included; zero where /proc does not
  // tell.
  absl::Duration CpuTime() const;

 private:
  CostChild(pid_t pid, int input) : pid_(pid), input_(input) {}

  pid_t pid_;
  int input_;  // its standard input, whose end it awaits
  std::string line_;
};

// What the children do; they return an exit code.
int ServeModels(const std::string& repository, const std::string& device);  // prints its port
int ServeEcho();                                                            // prints its port
// Prints "ROWS_PER_SECOND CPU_MS_PER_ROW BATCH wide|narrow" of the best way to run the model.
int RunOffline(const std::string& model_path, const std::string& device, double seconds);

}  // namespace convoy::testing
