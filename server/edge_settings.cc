// The settings of the gRPC port: who may call, and what a connection may take.
#include "server/option_values.h"

namespace convoy::server {
namespace {

using O = ServerOptions;

constexpr auto kTls = [](O& o) -> bool& { return o.listener.tls; };
constexpr auto kMutual = [](O& o) -> bool& { return o.listener.mutual_tls; };
constexpr auto kCertificate = [](O& o) -> std::string& {
  return o.listener.certificates.certificate;
};
constexpr auto kKey = [](O& o) -> std::string& { return o.listener.certificates.key; };
constexpr auto kRoots = [](O& o) -> std::string& { return o.listener.certificates.roots; };
constexpr auto kTokenFile = [](O& o) -> std::string& { return o.listener.token_file; };
constexpr auto kMessageMib = [](O& o) -> int64_t& { return o.limits.max_message_mib; };
constexpr auto kStreams = [](O& o) -> int64_t& { return o.limits.max_streams; };
constexpr auto kMemoryMib = [](O& o) -> int64_t& { return o.limits.memory_mib; };
constexpr auto kCompressed = [](O& o) -> bool& { return o.limits.accept_compressed; };
constexpr auto kPingTime = [](O& o) -> int64_t& { return o.limits.keepalive_time_ms; };
constexpr auto kPingTimeout = [](O& o) -> int64_t& { return o.limits.keepalive_timeout_ms; };
constexpr auto kPingsIdle = [](O& o) -> bool& { return o.limits.pings_without_calls; };
constexpr auto kPingInterval = [](O& o) -> int64_t& { return o.limits.min_ping_interval_ms; };
constexpr auto kPingStrikes = [](O& o) -> int64_t& { return o.limits.max_ping_strikes; };
constexpr auto kAge = [](O& o) -> int64_t& { return o.limits.max_connection_age_ms; };
constexpr auto kAgeGrace = [](O& o) -> int64_t& { return o.limits.max_connection_age_grace_ms; };

constexpr int64_t kAny = 2'147'483'647;
constexpr int64_t kMaxMessageMib = 2047;  // gRPC counts a message's bytes in 31 bits

absl::Status AddRestriction(O& options, std::string_view text) {
  auto rule = ParseRestrictedGroups(text);
  if (!rule.ok()) return rule.status();
  options.listener.restricted.push_back(*std::move(rule));
  return absl::OkStatus();
}

constexpr Setting kSettings[] = {
    {"grpc-use-ssl", "BOOL", "Whether the gRPC port speaks TLS only", false, SetBool<kTls>,
     GetBool<kTls>},
    {"grpc-use-ssl-mutual", "BOOL",
     "Whether clients must show a certificate that --grpc-root-cert vouches for", false,
     SetBool<kMutual>, GetBool<kMutual>, ':', kRare},
    {"grpc-server-cert", "FILE",
     "The server's certificate chain in PEM; a changed file is taken up within 10 seconds", false,
     SetText<kCertificate>, GetText<kCertificate>},
    {"grpc-server-key", "FILE", "The key of that certificate in PEM, without passphrase", false,
     SetText<kKey>, GetText<kKey>},
    {"grpc-root-cert", "FILE", "The certificates in PEM that clients' ones are checked against",
     false, SetText<kRoots>, GetText<kRoots>, ':', kRare},
    {"auth-token-file", "FILE",
     "Bearer tokens, one a line, of which every call but grpc.health.v1 must show one; a changed "
     "file is taken up within a second",
     false, SetText<kTokenFile>, GetText<kTokenFile>},
    {"grpc-restricted-protocol", "GROUPS:KEY=VALUE",
     "Groups of RPCs that ask for the header triton-grpc-protocol-KEY: VALUE, as in "
     "model-repository,shared-memory:admin=s3cret; may be given several times",
     true, AddRestriction, NoDefault, ';', kRare},
    {"unix-socket", "PATH", "Unix-domain socket to listen on besides the gRPC port", false,
     SetText<&O::unix_socket>, GetText<&O::unix_socket>, ':', kRare},
    {"max-inflight-requests", "REQUESTS",
     "Inference requests inside the server at once, whatever their model; more are refused with "
     "UNAVAILABLE; 0 means no limit",
     false, SetNumber<&O::max_inflight_requests, 0, kAny>, GetNumber<&O::max_inflight_requests>},
    {"grpc-max-message-mib", "MIB", "Largest message, each way", false,
     SetNumber<kMessageMib, 1, kMaxMessageMib>, GetNumber<kMessageMib>, ':', kRare},
    {"grpc-max-concurrent-streams", "CALLS", "Calls at once of one connection; 0 means no limit",
     false, SetNumber<kStreams, 0, kAny>, GetNumber<kStreams>, ':', kRare},
    {"grpc-memory-mib", "MIB",
     "Memory of gRPC's buffers, all connections together, beyond which it reads more slowly; 0 "
     "means no limit",
     false, SetNumber<kMemoryMib, 0, kAny>, GetNumber<kMemoryMib>, ':', kRare},
    {"grpc-accept-compressed", "BOOL",
     "Whether compressed requests are taken; they are unpacked before their size is checked, so "
     "that clients that are not trusted can take much memory by them",
     false, SetBool<kCompressed>, GetBool<kCompressed>, ':', kRare},
    {"grpc-keepalive-time", "MILLISECONDS", "How long a connection is silent before it is pinged",
     false, SetNumber<kPingTime, 1, kAny>, GetNumber<kPingTime>, ':', kRare},
    {"grpc-keepalive-timeout", "MILLISECONDS",
     "How long a ping may stay unanswered before the connection is closed", false,
     SetNumber<kPingTimeout, 1, kAny>, GetNumber<kPingTimeout>, ':', kRare},
    {"grpc-keepalive-permit-without-calls", "BOOL",
     "Whether either side may ping a connection that has no call", false, SetBool<kPingsIdle>,
     GetBool<kPingsIdle>, ':', kRare},
    {"grpc-http2-min-recv-ping-interval-without-data", "MILLISECONDS",
     "Clients that ping more often than this get a strike", false,
     SetNumber<kPingInterval, 0, kAny>, GetNumber<kPingInterval>, ':', kRare},
    {"grpc-http2-max-ping-strikes", "STRIKES",
     "After so many the connection is closed; 0 means never", false,
     SetNumber<kPingStrikes, 0, kAny>, GetNumber<kPingStrikes>, ':', kRare},
    {"grpc-max-connection-age", "MILLISECONDS",
     "After about how long a connection is closed gently, so that clients spread over replicas "
     "again; 0 means never",
     false, SetNumber<kAge, 0, kAny>, GetNumber<kAge>, ':', kRare},
    {"grpc-max-connection-age-grace", "MILLISECONDS",
     "How long calls of a connection of that age may still run; 0 means without limit", false,
     SetNumber<kAgeGrace, 0, kAny>, GetNumber<kAgeGrace>, ':', kRare},
};

}  // namespace

std::span<const Setting> EdgeSettings() { return kSettings; }

}  // namespace convoy::server
