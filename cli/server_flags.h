// The flags of commands that ask a server: where it is, and what it asks for.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "client/client.h"

namespace CLI {
class App;
}  // namespace CLI

namespace convoy::cli {

struct ServerFlags {
  std::string url;
  bool tls = false;
  std::string root_cert, client_cert, client_key;  // PEM files
  std::string token_file;                          // its first line is the bearer token
};

// --url HOST:PORT, default localhost:8001 or the variable CONVOY_URL; --tls, --root-cert,
// --client-cert, --client-key; --token-file or the variable CONVOY_TOKEN_FILE.
void AddServerFlags(CLI::App& app, ServerFlags* flags);

// `options` with what the flags say. Errors of a file that cannot be read.
absl::StatusOr<client::ConnectOptions> ConnectOptionsOf(const ServerFlags& flags,
                                                        client::ConnectOptions options = {});

// Errors as those of Client::Connect besides.
absl::StatusOr<std::unique_ptr<client::Client>> ConnectTo(const ServerFlags& flags,
                                                          client::ConnectOptions options = {});

}  // namespace convoy::cli
