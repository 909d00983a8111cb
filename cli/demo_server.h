// A `convoy serve` of this very program in a process of its own, for `convoy demo`.
//
//   CONVOY_ASSIGN_OR_RETURN(std::unique_ptr<DemoServer> server,
//                           DemoServer::Start("models/bundled", "vulkan"));
//   Client::Connect(server->url(), {});
//   CONVOY_RETURN_IF_ERROR(server->Stop());
//
// Used by one thread at a time.
#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cli/child_process.h"

namespace convoy::cli {

class DemoServer {
 public:
  // Blocks until the server says SERVING. UNAVAILABLE when it ends before that.
  static absl::StatusOr<std::unique_ptr<DemoServer>> Start(const std::string& repository,
                                                           const std::string& device);

  const std::string& url() const { return url_; }

  // SIGTERM; INTERNAL when the exit code is not 0.
  absl::Status Stop();

 private:
  DemoServer(std::unique_ptr<ChildProcess> process, std::string url);
  absl::Status AwaitReady(const std::string& device);

  std::unique_ptr<ChildProcess> process_;
  std::string url_;
};

}  // namespace convoy::cli
