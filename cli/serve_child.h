// A `convoy serve` of this very program in a process of its own, on a free port of 127.0.0.1: for
// `convoy demo` and `convoy tune`.
//
//   CONVOY_ASSIGN_OR_RETURN(std::unique_ptr<ServeChild> server,
//                           ServeChild::Start({"--device", "cpu", "models/bundled"}));
//   Client::Connect(server->url(), {});
//   CONVOY_RETURN_IF_ERROR(server->Stop());
//
// Settings of a server in this program's environment are meant for another one, and would ask its
// callers for tokens or certificates: the child gets only those that say how a device computes.
// Ends as a ChildProcess does. Used by one thread at a time.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cli/child_process.h"

namespace convoy::cli {

// `environment` ("NAME=value" each) without the server's settings, but for those of the device.
std::vector<std::string> EnvironmentForChild(const std::vector<std::string>& environment);

class ServeChild {
 public:
  // `arguments` follow `convoy serve`; a path that may begin with a dash goes as
  // "--model-repository=PATH". What the server writes goes where this program's output goes, or to
  // the file `log_path`. Blocks until it says SERVING; UNAVAILABLE when it ends before that,
  // CANCELLED when `stop` turns true.
  static absl::StatusOr<std::unique_ptr<ServeChild>> Start(
      const std::vector<std::string>& arguments, const std::string& log_path = "",
      const std::function<bool()>& stop = nullptr);

  const std::string& url() const { return url_; }

  // Its exit code once it has ended.
  std::optional<int> Poll() { return process_->Poll(); }

  // SIGTERM; INTERNAL when the exit code is not 0.
  absl::Status Stop();

 private:
  ServeChild(std::unique_ptr<ChildProcess> process, std::string url);
  absl::Status AwaitReady(const std::function<bool()>& stop);

  std::unique_ptr<ChildProcess> process_;
  std::string url_;
};

}  // namespace convoy::cli
