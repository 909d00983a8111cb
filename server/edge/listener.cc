#include "server/edge/listener.h"

#include <grpcpp/security/auth_metadata_processor.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>

#include <utility>

#include "absl/status/status.h"
#include "compute/base/status.h"
#include "server/edge/token_file.h"

namespace convoy::server {
namespace {

// Runs before a call reaches its service, on gRPC's thread.
class AccessProcessor : public grpc::AuthMetadataProcessor {
 public:
  AccessProcessor(std::unique_ptr<TokenFile> tokens, std::vector<RestrictedGroups> restricted)
      : tokens_(std::move(tokens)), restricted_(std::move(restricted)) {}

  bool IsBlocking() const override { return false; }

  grpc::Status Process(const InputMetadata& metadata, grpc::AuthContext*, OutputMetadata* consumed,
                       OutputMetadata*) override {
    std::vector<Header> headers;
    std::string_view path;
    for (const auto& [name, value] : metadata) {
      headers.emplace_back(View(name), View(value));
      if (name == ":path") path = View(value);
      if (name == "authorization") consumed->emplace("authorization", std::string(View(value)));
    }
    const TokenFile::TokenList tokens = tokens_ == nullptr ? nullptr : tokens_->Tokens();
    const absl::Status status = CheckAccess(
        tokens == nullptr ? std::span<const std::string>() : *tokens, restricted_, path, headers);
    if (status.ok()) return grpc::Status::OK;
    return {static_cast<grpc::StatusCode>(status.code()), std::string(status.message())};
  }

 private:
  static std::string_view View(grpc::string_ref text) { return {text.data(), text.size()}; }

  const std::unique_ptr<TokenFile> tokens_;  // null: no token is asked
  const std::vector<RestrictedGroups> restricted_;
};

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> MakeTls(const ListenerSettings& settings) {
  const CertificateFiles& files = settings.certificates;
  if (files.certificate.empty() || files.key.empty()) {
    return absl::InvalidArgumentError(
        "TLS needs a certificate and its key: give --grpc-server-cert and --grpc-server-key");
  }
  if (settings.mutual_tls && files.roots.empty()) {
    return absl::InvalidArgumentError(
        "Mutual TLS checks clients' certificates against roots: give --grpc-root-cert");
  }
  CONVOY_RETURN_IF_ERROR(CheckCertificates(files));
  const std::string roots = settings.mutual_tls ? files.roots : "";
  grpc::experimental::TlsServerCredentialsOptions options(
      std::make_shared<grpc::experimental::FileWatcherCertificateProvider>(
          files.key, files.certificate, roots, settings.certificate_seconds));
  options.watch_identity_key_cert_pairs();
  if (settings.mutual_tls) {
    options.watch_root_certs();
    options.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  }
  return grpc::experimental::TlsServerCredentials(options);
}

// InsecureServerCredentials takes no processor; wrapped as the fallback of xDS it does, and xDS is
// never asked.
std::shared_ptr<grpc::ServerCredentials> MakePlain() {
  return grpc::XdsServerCredentials(grpc::InsecureServerCredentials());
}

}  // namespace

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> MakeCredentials(
    const ListenerSettings& settings, const compute::Clock& clock) {
  if (!settings.tls && (settings.mutual_tls || !settings.certificates.certificate.empty())) {
    return absl::InvalidArgumentError(
        "Certificates are given but TLS is off: add --grpc-use-ssl=true");
  }
  std::unique_ptr<TokenFile> tokens;
  if (!settings.token_file.empty()) {
    CONVOY_ASSIGN_OR_RETURN(tokens, TokenFile::Open(settings.token_file, clock));
  }
  const bool guarded = tokens != nullptr || !settings.restricted.empty();
  std::shared_ptr<grpc::ServerCredentials> credentials;
  if (settings.tls) {
    CONVOY_ASSIGN_OR_RETURN(credentials, MakeTls(settings));
  } else {
    credentials = guarded ? MakePlain() : grpc::InsecureServerCredentials();
  }
  if (guarded) {
    credentials->SetAuthMetadataProcessor(
        std::make_shared<AccessProcessor>(std::move(tokens), settings.restricted));
  }
  return credentials;
}

}  // namespace convoy::server
