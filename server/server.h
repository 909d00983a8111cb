// The composition root: builds the long-lived objects in order (device, registry, gRPC, metrics,
// models) and takes them down in reverse.
//
//   CONVOY_ASSIGN_OR_RETURN(std::unique_ptr<Server> server, Server::Create(options));
//   server->SetReady();
//   std::fputs(server->banner().c_str(), stderr);
//   ... until a signal ...
//   server->Shutdown(absl::Seconds(options.lame_duck_seconds));
//
// Thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/options.h"

namespace convoy::server {

class Server {
 public:
  // Blocks until every model is loaded and warm; the port answers before that, as not ready.
  // Errors: nothing to serve, no such device, a port that is taken, a model that fails to load
  // (with options.exit_on_error, or when none is left and none can come later).
  static absl::StatusOr<std::unique_ptr<Server>> Create(const ServerOptions& options);
  ~Server();

  // Health turns to SERVING.
  void SetReady();

  // Calls `handler` once if the device is lost, from a thread that must not take the server down
  // itself. By then the server is not ready, and what was on the device has failed as UNAVAILABLE.
  void OnDeviceLost(std::function<void()> handler);
  bool device_lost() const;

  const std::string& banner() const;
  int grpc_port() const;
  int metrics_port() const;  // 0: switched off

  // Models no longer change, then drains as RpcServer::Drain does, within options.drain_seconds.
  // False when calls had to be cancelled.
  bool Shutdown(absl::Duration lame_duck);

  // A model is loading, which the destructor waits for.
  bool loading() const;

 private:
  struct Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace convoy::server
