#include "cli/server_flags.h"

#include <CLI/CLI.hpp>
#include <utility>

#include "compute/base/small_file.h"
#include "compute/base/status.h"

namespace convoy::cli {
namespace {

absl::Status ReadInto(const std::string& path, std::string& text) {
  if (path.empty()) return absl::OkStatus();
  CONVOY_ASSIGN_OR_RETURN(text, compute::ReadSmallFile(path));
  return absl::OkStatus();
}

}  // namespace

void AddServerFlags(CLI::App& app, ServerFlags* flags) {
  flags->url = "localhost:8001";
  app.add_option("-u,--url", flags->url, "Server to ask")
      ->type_name("HOST:PORT")
      ->envname("CONVOY_URL")
      ->capture_default_str();
  app.add_flag("--tls", flags->tls, "Speak TLS to it");
  app.add_option("--root-cert", flags->root_cert,
                 "Certificates in PEM that its own is checked against [the system's]")
      ->type_name("FILE");
  CLI::Option* certificate =
      app.add_option("--client-cert", flags->client_cert, "Certificate to show it, in PEM")
          ->type_name("FILE");
  app.add_option("--client-key", flags->client_key, "Key of that certificate, in PEM")
      ->type_name("FILE")
      ->needs(certificate);
  app.add_option("--token-file", flags->token_file, "File whose first line is the token to show it")
      ->type_name("FILE")
      ->envname("CONVOY_TOKEN_FILE");
}

absl::StatusOr<client::ConnectOptions> ConnectOptionsOf(const ServerFlags& flags,
                                                        client::ConnectOptions options) {
  client::Credentials& credentials = options.credentials;
  credentials.tls = flags.tls || !flags.root_cert.empty() || !flags.client_cert.empty();
  CONVOY_RETURN_IF_ERROR(ReadInto(flags.root_cert, credentials.root_certificates));
  CONVOY_RETURN_IF_ERROR(ReadInto(flags.client_cert, credentials.certificate));
  CONVOY_RETURN_IF_ERROR(ReadInto(flags.client_key, credentials.key));
  CONVOY_RETURN_IF_ERROR(ReadInto(flags.token_file, credentials.token));
  credentials.token = credentials.token.substr(0, credentials.token.find_first_of("\r\n"));
  return options;
}

absl::StatusOr<std::unique_ptr<client::Client>> ConnectTo(const ServerFlags& flags,
                                                          client::ConnectOptions options) {
  CONVOY_ASSIGN_OR_RETURN(options, ConnectOptionsOf(flags, std::move(options)));
  return client::Client::Connect(flags.url, options);
}

}  // namespace convoy::cli
