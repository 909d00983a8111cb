// What one client may take from the server below the level of requests: message sizes, streams,
// pings and the age of connections. Plain data; the defaults are those of gRPC or, where a note
// says so, what stock clients need.
#pragma once

#include <cstdint>

namespace convoy::server {

struct TransportLimits {
  int64_t max_message_mib = 2047;  // each way; stock clients send batches far beyond gRPC's 4 MiB
  int64_t max_streams = 0;         // calls at once of one connection; 0: no limit
  int64_t memory_mib = 0;          // of gRPC's buffers, all connections together; 0: no limit

  // gRPC unpacks a compressed message before it looks at its size, so that a client can make it
  // take a thousand times what it sends.
  bool accept_compressed = true;

  // Of the server's own pings; whether either side may ping a connection that has no call.
  int64_t keepalive_time_ms = 7'200'000;
  int64_t keepalive_timeout_ms = 20'000;
  bool pings_without_calls = true;

  // Clients that ping an idle connection more often than this are cut off after max_ping_strikes.
  // gRPC's own five minutes cut off common keepalive settings.
  int64_t min_ping_interval_ms = 10'000;
  int64_t max_ping_strikes = 2;

  // Old connections are closed gently, so that clients behind a balancer that knows no HTTP/2
  // spread again; 0: never.
  int64_t max_connection_age_ms = 0;
  int64_t max_connection_age_grace_ms = 0;  // for calls that still run; 0: as long as they take
};

}  // namespace convoy::server
