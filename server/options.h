// Every setting of the server, once: one table gives the command line flags, the environment
// variables, --help and docs/configuration.md. A flag beats the environment, which beats the
// default. Plain data and pure functions.
//
//   GivenSettings given{{"grpc-port", {"9001"}}};
//   CONVOY_ASSIGN_OR_RETURN(ServerOptions options, ResolveOptions({"models"}, given,
//   &ReadEnvironment));
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "compute/base/log.h"
#include "compute/tune/tune_mode.h"
#include "server/edge/listener_settings.h"
#include "server/edge/transport_limits.h"
#include "server/registry/control_mode.h"
#include "server/tracing/access_log_rule.h"

namespace convoy::server {

struct ServerOptions {
  std::vector<std::string> paths;  // model repositories, model directories, .onnx files
  std::string host = "0.0.0.0";
  int64_t grpc_port = 8001;
  int64_t metrics_port = 8002;
  std::string device = "auto";
  bool allow_cpu_fallback = false;
  std::string vulkan_kernels;
  bool cpu_winograd = true;
  compute::TuneMode tune = compute::TuneMode::kAuto;
  bool fp16 = false;
  bool batch_invariant = false;
  int64_t threads = 0;
  int64_t lanes = 0;
  bool exit_on_error = true;
  ControlMode model_control_mode = ControlMode::kNone;
  std::vector<std::string> load_models;  // of mode kExplicit: names, or "*" alone
  int64_t repository_poll_secs = 15;
  bool strict_readiness = true;
  int64_t max_batch_size = 8;
  int64_t largest_batch = 128;
  int64_t shape_cache_mib = 1024;
  int64_t max_queue_size = 256;
  int64_t max_queue_mib = 1024;
  bool overload_exhausted = false;  // a full queue says RESOURCE_EXHAUSTED, not UNAVAILABLE
  int64_t max_queue_delay_us = 0;
  int64_t cache_bytes = 0;  // of answers; 0: none are kept
  int64_t lame_duck_seconds = 2;
  int64_t drain_seconds = 25;
  compute::LogLevel log_level = compute::LogLevel::kInfo;
  bool log_json = false;
  std::string server_name = "convoy";
  bool allow_client_shm = false;
  std::vector<std::string> client_shm_prefixes;
  ListenerSettings listener;
  TransportLimits limits;
  std::string unix_socket;
  int64_t max_inflight_requests = 0;
  std::string otlp_endpoint;  // host:port
  int64_t trace_rate = 0;
  AccessLogRule access_log;
};

struct Setting {
  std::string_view name;        // "grpc-port": flag --grpc-port, variable CONVOY_GRPC_PORT
  std::string_view value_name;  // "PORT"
  std::string_view meaning;     // a sentence without full stop, the unit included
  bool repeatable;              // several flags add up; in the environment `separator` parts them
  // INVALID_ARGUMENT names the text and what is allowed.
  absl::Status (*set)(ServerOptions& options, std::string_view text);
  std::string (*get)(const ServerOptions& options);  // as `set` takes it
  char separator = ':';
  bool rare = false;  // not in --help, which fits a screen; docs/configuration.md has all
};

inline constexpr bool kRare = true;

std::span<const Setting> Settings();
std::span<const Setting> GeneralSettings();  // the first part of them (settings_table.cc)
std::span<const Setting> EdgeSettings();     // those of the gRPC port (edge_settings.cc)

std::string EnvironmentName(const Setting& setting);

// Values as given on the command line, by setting name.
using GivenSettings = std::map<std::string, std::vector<std::string>, std::less<>>;
using EnvironmentReader = std::function<std::optional<std::string>(const std::string& name)>;

std::optional<std::string> ReadEnvironment(const std::string& name);

// INVALID_ARGUMENT names the flag or variable, the value, and what is allowed; also without any
// path.
absl::StatusOr<ServerOptions> ResolveOptions(const std::vector<std::string>& paths,
                                             const GivenSettings& given,
                                             const EnvironmentReader& environment);

// The text of docs/configuration.md.
std::string RenderConfigurationPage();

}  // namespace convoy::server
