// A real RpcServer behind TLS, tokens and a Unix socket.
#include "server/edge/listener.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>

#include "absl/strings/str_format.h"
#include "client/client.h"
#include "inference/grpc_service.grpc.pb.h"
#include "server/rpc/rpc_server.h"
#include "tests/support/fake_clock.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/test_certificates.h"

namespace convoy::server {
namespace {

using ::convoy::testing::CertificateAuthority;
using ::convoy::testing::ScratchFolder;
using ::convoy::testing::SignedPair;
using ::testing::HasSubstr;

constexpr const char* kToken = "0123456789abcdef";

class ListenerTest : public ::testing::Test {
 protected:
  void Start(RpcSettings settings) {
    settings.host = "127.0.0.1";
    auto started = RpcServer::Start(settings, registry_, metrics_, clock_);
    ASSERT_TRUE(started.ok()) << started.status();
    rpc_ = *std::move(started);
  }

  ListenerSettings Tls(bool mutual) const {
    return {.tls = true,
            .mutual_tls = mutual,
            .certificates = {.certificate = folder_.Write("cert.pem", server_.certificate),
                             .key = folder_.Write("key.pem", server_.key),
                             .roots = folder_.Write("ca.pem", authority_.certificate())}};
  }

  // ServerLive over `credentials` with `metadata`.
  grpc::Status Ask(const std::shared_ptr<grpc::ChannelCredentials>& credentials,
                   const std::vector<std::pair<std::string, std::string>>& metadata = {},
                   std::string target = "") {
    if (target.empty()) target = absl::StrFormat("localhost:%d", rpc_->port());
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    auto stub = inference::GRPCInferenceService::NewStub(
        grpc::CreateCustomChannel(target, credentials, arguments));
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
    for (const auto& [name, value] : metadata) context.AddMetadata(name, value);
    inference::ServerLiveResponse response;
    return stub->ServerLive(&context, {}, &response);
  }

  grpc::Status AskTls(const SignedPair& client = {}) {
    return Ask(grpc::SslCredentials({.pem_root_certs = authority_.certificate(),
                                     .pem_private_key = client.key,
                                     .pem_cert_chain = client.certificate}));
  }

  ScratchFolder folder_;
  CertificateAuthority authority_{"test authority"};
  SignedPair server_ = authority_.Sign("server");
  compute::SystemClock clock_;
  ServerMetrics metrics_;
  Registry registry_;
  std::unique_ptr<RpcServer> rpc_;
};

TEST_F(ListenerTest, TlsIsSpokenAndPlainIsNot) {
  ASSERT_NO_FATAL_FAILURE(Start({.listener = Tls(false)}));
  EXPECT_TRUE(AskTls().ok()) << AskTls().error_message();
  EXPECT_EQ(Ask(grpc::InsecureChannelCredentials()).error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(ListenerTest, MutualTlsAsksForACertificateOfTheRoots) {
  ASSERT_NO_FATAL_FAILURE(Start({.listener = Tls(true)}));
  const grpc::Status known = AskTls(authority_.Sign("client"));
  EXPECT_TRUE(known.ok()) << known.error_message();
  EXPECT_EQ(AskTls().error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(AskTls(CertificateAuthority("other authority").Sign("client")).error_code(),
            grpc::StatusCode::UNAVAILABLE);
}

// A connection lives on under the certificate that it began with; new ones see the new one.
TEST_F(ListenerTest, ARotatedCertificateIsTakenUpBesideLiveConnections) {
  ListenerSettings listener = Tls(false);
  listener.certificate_seconds = 1;
  ASSERT_NO_FATAL_FAILURE(Start({.listener = listener}));
  const auto old_stub = inference::GRPCInferenceService::NewStub(
      grpc::CreateChannel(absl::StrFormat("localhost:%d", rpc_->port()),
                          grpc::SslCredentials({.pem_root_certs = authority_.certificate()})));
  const auto ask_on_old_connection = [&] {
    grpc::ClientContext context;
    inference::ServerLiveResponse response;
    return old_stub->ServerLive(&context, {}, &response);
  };
  ASSERT_TRUE(ask_on_old_connection().ok());
  const CertificateAuthority next("next authority");
  const SignedPair rotated = next.Sign("server");
  folder_.Write("key.pem.new", rotated.key);
  folder_.Write("cert.pem.new", rotated.certificate);
  std::filesystem::rename(folder_.Path("key.pem.new"), folder_.Path("key.pem"));
  std::filesystem::rename(folder_.Path("cert.pem.new"), folder_.Path("cert.pem"));
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  grpc::Status status;
  do {
    status = Ask(grpc::SslCredentials({.pem_root_certs = next.certificate()}));
    ASSERT_TRUE(ask_on_old_connection().ok());
  } while (!status.ok() && std::chrono::steady_clock::now() < give_up);
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(AskTls().error_code(), grpc::StatusCode::UNAVAILABLE) << "the old one is gone";
  EXPECT_TRUE(ask_on_old_connection().ok());
}

TEST_F(ListenerTest, TokensAreCheckedWithAndWithoutTls) {
  for (const bool tls : {false, true}) {
    ListenerSettings listener = tls ? Tls(false) : ListenerSettings{};
    listener.token_file = folder_.Write("tokens", kToken);
    ASSERT_NO_FATAL_FAILURE(Start({.listener = listener}));
    const auto credentials =
        tls ? grpc::SslCredentials({.pem_root_certs = authority_.certificate()})
            : grpc::InsecureChannelCredentials();
    EXPECT_EQ(Ask(credentials).error_code(), grpc::StatusCode::UNAUTHENTICATED);
    EXPECT_EQ(Ask(credentials, {{"authorization", "Bearer wrong"}}).error_code(),
              grpc::StatusCode::PERMISSION_DENIED);
    const grpc::Status known =
        Ask(credentials, {{"authorization", absl::StrFormat("Bearer %s", kToken)}});
    EXPECT_TRUE(known.ok()) << known.error_message();
    rpc_.reset();
  }
}

TEST_F(ListenerTest, RestrictedGroupsAskForTheirHeader) {
  ASSERT_NO_FATAL_FAILURE(
      Start({.listener = {.restricted = {*ParseRestrictedGroups("health:key=value")}}}));
  const auto credentials = grpc::InsecureChannelCredentials();
  const grpc::Status missing = Ask(credentials);
  EXPECT_EQ(missing.error_code(), grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_THAT(missing.error_message(), HasSubstr("'triton-grpc-protocol-key'"));
  EXPECT_TRUE(Ask(credentials, {{"triton-grpc-protocol-key", "value"}}).ok());
}

// Our own client: its credentials are the counterpart of these settings.
TEST_F(ListenerTest, TheClientSpeaksTlsAndShowsItsCertificateAndToken) {
  ListenerSettings listener = Tls(true);
  listener.token_file = folder_.Write("tokens", kToken);
  ASSERT_NO_FATAL_FAILURE(Start({.listener = listener}));
  const SignedPair own = authority_.Sign("client");
  const client::Credentials credentials{.tls = true,
                                        .root_certificates = authority_.certificate(),
                                        .certificate = own.certificate,
                                        .key = own.key,
                                        .token = kToken};
  const std::string url = absl::StrFormat("localhost:%d", rpc_->port());
  const auto connected = client::Client::Connect(url, {.credentials = credentials});
  ASSERT_TRUE(connected.ok()) << connected.status();
  EXPECT_TRUE((*connected)->DescribeServer({}).ok());
  client::Credentials without_token = credentials;
  without_token.token.clear();
  const auto nameless = client::Client::Connect(url, {.credentials = without_token});
  ASSERT_TRUE(nameless.ok()) << nameless.status();
  EXPECT_EQ((*nameless)->DescribeServer({}).status().code(), absl::StatusCode::kUnauthenticated);
}

TEST_F(ListenerTest, AMessageBeyondTheLimitIsRefused) {
  ASSERT_NO_FATAL_FAILURE(Start({.limits = {.max_message_mib = 1}}));
  auto stub = inference::GRPCInferenceService::NewStub(grpc::CreateChannel(
      absl::StrFormat("localhost:%d", rpc_->port()), grpc::InsecureChannelCredentials()));
  for (const auto& [bytes, code] : {std::pair(1 << 19, grpc::StatusCode::NOT_FOUND),
                                    std::pair(2 << 20, grpc::StatusCode::RESOURCE_EXHAUSTED)}) {
    inference::ModelInferRequest request;
    request.set_model_name("net");
    request.add_raw_input_contents(std::string(static_cast<size_t>(bytes), 'x'));
    grpc::ClientContext context;
    inference::ModelInferResponse response;
    EXPECT_EQ(stub->ModelInfer(&context, request, &response).error_code(), code) << bytes;
  }
}

TEST_F(ListenerTest, AUnixSocketIsListenedOnBesides) {
  const std::string path = folder_.Path("convoy.sock");
  ASSERT_NO_FATAL_FAILURE(Start({.unix_socket = path}));
  EXPECT_TRUE(Ask(grpc::InsecureChannelCredentials(), {}, absl::StrFormat("unix:%s", path)).ok());
  EXPECT_TRUE(Ask(grpc::InsecureChannelCredentials()).ok());
}

TEST_F(ListenerTest, SettingsThatDoNotGoTogetherAreRefused) {
  ListenerSettings without_key = Tls(false);
  without_key.certificates.key.clear();
  ListenerSettings without_roots = Tls(true);
  without_roots.certificates.roots.clear();
  ListenerSettings without_tls = Tls(false);
  without_tls.tls = false;
  for (const auto& [settings, message] : std::vector<std::pair<RpcSettings, std::string>>{
           {{.listener = without_key}, "--grpc-server-key"},
           {{.listener = without_roots}, "--grpc-root-cert"},
           {{.listener = without_tls}, "--grpc-use-ssl"},
           {{.listener = {.token_file = "/nonexistent/tokens"}}, "/nonexistent/tokens"},
           {{.unix_socket = std::string(200, 'a')}, "at most 107 bytes"},
           {{.unix_socket = "/nonexistent/socket"}, "/nonexistent/socket"}}) {
    RpcSettings local = settings;
    local.host = "127.0.0.1";
    EXPECT_THAT(RpcServer::Start(local, registry_, metrics_, clock_).status().ToString(),
                HasSubstr(message));
  }
}

}  // namespace
}  // namespace convoy::server
