// The `convoy serve` of `convoy tune`: a server of its own for one model, which it loads with one
// config after the other (RepositoryModelLoad), so that kernels are tried once and probes of two
// candidates are seconds apart.
//
//   CONVOY_ASSIGN_OR_RETURN(const auto server, TuneServer::Start(flags, "lenet5"));
//   CONVOY_RETURN_IF_ERROR(server->Explain(server->LoadModel(config)));
//   CONVOY_RETURN_IF_ERROR(server->Stop());
//
// What it logs goes to a file without a name, which goes with this object; its last lines become
// part of errors. The server ends with this object too. Used by one thread.
#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cli/serve_child.h"
#include "cli/tune_flags.h"
#include "client/client.h"

namespace convoy::cli {

class TuneServer {
 public:
  // Returns when it can be called; CANCELLED when the user interrupts that (BenchSignal). The model
  // `name` is what LoadModel loads.
  static absl::StatusOr<std::unique_ptr<TuneServer>> Start(const TuneFlags& flags,
                                                           const std::string& name);
  ~TuneServer();
  TuneServer(const TuneServer&) = delete;
  TuneServer& operator=(const TuneServer&) = delete;

  client::Client& client() { return *client_; }
  const std::string& url() const { return process_->url(); }

  // With this text for its config.pbtxt; empty: with its own. Blocks until the model serves.
  absl::Status LoadModel(const std::string& config);

  bool ended() { return process_->Poll().has_value(); }

  // Why a call to the server has failed: CANCELLED when the user has interrupted, for that ends the
  // server too where both have one terminal; the server's last words when it has ended of itself;
  // else `status`.
  absl::Status Explain(const absl::Status& status);

  // SIGTERM; INTERNAL when the server does not end well.
  absl::Status Stop();

 private:
  TuneServer(std::string name, int log_fd);

  const std::string name_;
  const int log_fd_;
  std::unique_ptr<ServeChild> process_;
  std::unique_ptr<client::Client> client_;
};

// CANCELLED once the user has interrupted.
absl::Status CheckInterrupt();

}  // namespace convoy::cli
