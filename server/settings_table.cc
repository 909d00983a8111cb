// The settings of the server but those of its gRPC port (edge_settings.cc).
#include <limits>

#include "compute/base/status.h"
#include "server/option_values.h"
#include "server/tracing/otlp_endpoint.h"

namespace convoy::server {
namespace {

using O = ServerOptions;
constexpr int64_t kAnyCount = std::numeric_limits<int32_t>::max();

constexpr int64_t kMaxPort = 65535;

constexpr Choices<bool, 2> kWinograd = {{{"auto", true}, {"off", false}}};
constexpr Choices<bool, 2> kPrecisions = {{{"fp32", false}, {"fp16", true}}};
constexpr Choices<bool, 2> kOverloadCodes = {
    {{"unavailable", false}, {"resource-exhausted", true}}};
constexpr Choices<bool, 2> kLogFormats = {{{"text", false}, {"json", true}}};
constexpr Choices<compute::LogLevel, 4> kLogLevels = {{{"debug", compute::LogLevel::kDebug},
                                                       {"info", compute::LogLevel::kInfo},
                                                       {"warning", compute::LogLevel::kWarning},
                                                       {"error", compute::LogLevel::kError}}};
constexpr Choices<ControlMode, 3> kControlModes = {{{"none", ControlMode::kNone},
                                                    {"poll", ControlMode::kPoll},
                                                    {"explicit", ControlMode::kExplicit}}};

absl::Status AddPath(ServerOptions& options, std::string_view text) {
  if (text.empty()) return absl::InvalidArgumentError("the path is empty");
  options.paths.emplace_back(text);
  return absl::OkStatus();
}

absl::Status AddShmPrefix(ServerOptions& options, std::string_view text) {
  if (text.empty()) return absl::InvalidArgumentError("the prefix is empty");
  options.client_shm_prefixes.emplace_back(text);
  return absl::OkStatus();
}

absl::Status AddLoadModel(ServerOptions& options, std::string_view text) {
  if (text.empty()) return absl::InvalidArgumentError("the name is empty");
  options.load_models.emplace_back(text);
  return absl::OkStatus();
}

constexpr std::string_view kCachePrefix = "local,size=";

absl::Status SetCache(ServerOptions& options, std::string_view text) {
  constexpr int64_t kMost = int64_t{1} << 40;
  int64_t bytes = 0;
  const bool local = text.starts_with(kCachePrefix);
  if (!local || !absl::SimpleAtoi(std::string(text.substr(kCachePrefix.size())), &bytes) ||
      bytes < 0 || bytes > kMost) {
    return absl::InvalidArgumentError(
        absl::StrFormat("'%s' is not local,size=BYTES with BYTES from 0 to %d", text, kMost));
  }
  options.cache_bytes = bytes;
  return absl::OkStatus();
}

std::string GetCache(const ServerOptions& options) {
  if (options.cache_bytes == 0) return "";
  return absl::StrFormat("%s%d", kCachePrefix, options.cache_bytes);
}

absl::Status SetOtlpEndpoint(ServerOptions& options, std::string_view text) {
  CONVOY_ASSIGN_OR_RETURN(options.otlp_endpoint, ParseOtlpEndpoint(text));
  return absl::OkStatus();
}

absl::Status SetAccessLog(ServerOptions& options, std::string_view text) {
  CONVOY_ASSIGN_OR_RETURN(options.access_log, ParseAccessLog(text));
  return absl::OkStatus();
}

std::string GetAccessLog(const ServerOptions& options) {
  return FormatAccessLog(options.access_log);
}

constexpr Setting kSettings[] = {
    {"model-repository", "DIR",
     "Directory of models to serve, as a PATH is; may be given several times", true, AddPath,
     NoDefault},
    {"host", "ADDRESS", "Address to listen on", false, SetText<&O::host>, GetText<&O::host>},
    {"grpc-port", "PORT", "Port of the gRPC services; 0 takes a free one", false,
     SetNumber<&O::grpc_port, 0, kMaxPort>, GetNumber<&O::grpc_port>},
    {"metrics-port", "PORT",
     "Port of /metrics, /healthz and /readyz over HTTP; 0 switches them off", false,
     SetNumber<&O::metrics_port, 0, kMaxPort>, GetNumber<&O::metrics_port>},
    {"device", "DEVICE",
     "Where models run: auto (a GPU if there is one, else the CPU), cpu, reference, vulkan, "
     "vulkan:INDEX or vulkan:NAME",
     false, SetText<&O::device>, GetText<&O::device>},
    {"allow-cpu-fallback", "BOOL",
     "Whether the CPU may run what the Vulkan device has no kernel for; with false such a model is "
     "refused",
     false, SetBool<&O::allow_cpu_fallback>, GetBool<&O::allow_cpu_fallback>},
    {"vulkan-kernel", "FAMILY=KERNEL,...",
     "Vulkan kernels to use wherever they can, in place of those that are chosen, as conv=sm64x64; "
     "for experiments",
     false, SetText<&O::vulkan_kernels>, GetText<&O::vulkan_kernels>, ':', kRare},
    {"cpu-winograd", "auto|off",
     "On the cpu: Winograd's algorithm for 3x3 and 5x5 convolutions where it proves faster when "
     "the model "
     "loads (auto), or nowhere (off)",
     false, SetChoice<&O::cpu_winograd, kWinograd>, GetChoice<&O::cpu_winograd, kWinograd>, ':',
     kRare},
    {"tune", "off|auto|timed",
     "Who chooses among kernels that suit a layer: rules (off); the tune file, else a trial on the "
     "cpu and rules on Vulkan (auto), or a trial on both (timed)",
     false, SetChoice<&O::tune, compute::kTuneModes>, GetChoice<&O::tune, compute::kTuneModes>},
    {"precision", "fp32|fp16",
     "On Vulkan: how image tensors and weights lie in memory; sums are fp32 with either, and so "
     "are "
     "inputs and outputs",
     false, SetChoice<&O::fp16, kPrecisions>, GetChoice<&O::fp16, kPrecisions>},
    {"batch-invariant", "BOOL",
     "Whether an answer's bits do not depend on the batch that it was computed in: kernels are "
     "chosen for one batch size, and oneDNN runs a row at a time, which is slower",
     false, SetBool<&O::batch_invariant>, GetBool<&O::batch_invariant>, ':', kRare},
    {"threads", "COUNT", "Cores that the device may use; 0 means all that the process may run on",
     false, SetNumber<&O::threads, 0, 4096>, GetNumber<&O::threads>},
    {"lanes", "COUNT",
     "Batches of one model that may run at once, each with memory of its own; 0 means as many as "
     "suit the device, 1 one after the other",
     false, SetNumber<&O::lanes, 0, 64>, GetNumber<&O::lanes>, ':', kRare},
    {"exit-on-error", "BOOL",
     "Whether a model that fails to load ends the program; with false the other models serve",
     false, SetBool<&O::exit_on_error>, GetBool<&O::exit_on_error>},
    {"strict-readiness", "BOOL",
     "Whether the server is not ready while a model that failed to load serves no other version; a "
     "model that was unloaded does not count",
     false, SetBool<&O::strict_readiness>, GetBool<&O::strict_readiness>, ':', kRare},
    {"model-control-mode", "none|poll|explicit",
     "Which models are loaded: all at the start (none); besides, as their files change (poll); "
     "those of --load-model, and by the repository RPCs (explicit)",
     false, SetChoice<&O::model_control_mode, kControlModes>,
     GetChoice<&O::model_control_mode, kControlModes>},
    {"load-model", "MODEL",
     "Model to load at the start with --model-control-mode=explicit; may be given several times; "
     "* alone means all",
     true, AddLoadModel, NoDefault},
    {"repository-poll-secs", "SECONDS",
     "How often --model-control-mode=poll looks at the files; a change is taken up at the second "
     "look that finds it the same",
     false, SetNumber<&O::repository_poll_secs, 1, 86'400>, GetNumber<&O::repository_poll_secs>,
     ':', kRare},
    {"max-batch-size", "ROWS",
     "Largest batch of models that have a free batch dimension and no config.pbtxt", false,
     SetNumber<&O::max_batch_size, 1, 1024>, GetNumber<&O::max_batch_size>},
    {"largest-batch", "ROWS",
     "Most rows that the device computes at once; a request of more, which its model's "
     "max_batch_size allows, runs in parts",
     false, SetNumber<&O::largest_batch, 1, 16384>, GetNumber<&O::largest_batch>, ':', kRare},
    {"shape-cache-mib", "MIB",
     "Memory that one model's plans for input shapes of the clients' choice may take; the least "
     "recently used go first",
     false, SetNumber<&O::shape_cache_mib, 1, kAnyCount>, GetNumber<&O::shape_cache_mib>, ':',
     kRare},
    {"max-queue-size", "REQUESTS",
     "Requests that may wait for one model (for each of its priority levels) whose config sets no "
     "limit; more are refused with the code of --overload-code",
     false, SetNumber<&O::max_queue_size, 1, kAnyCount>, GetNumber<&O::max_queue_size>},
    {"max-queue-mib", "MIB",
     "Memory that the inputs of requests waiting for one model may take; more are refused as "
     "beyond --max-queue-size",
     false, SetNumber<&O::max_queue_mib, 1, 1 << 20>, GetNumber<&O::max_queue_mib>, ':', kRare},
    {"overload-code", "unavailable|resource-exhausted",
     "The code of refusals for a full queue: unavailable, as Triton has it, or resource-exhausted, "
     "which clients and proxies can tell from an outage",
     false, SetChoice<&O::overload_exhausted, kOverloadCodes>,
     GetChoice<&O::overload_exhausted, kOverloadCodes>, ':', kRare},
    {"max-queue-delay-us", "MICROSECONDS",
     "How long a request may wait for others to share its batch, for models whose config sets no "
     "delay; 0 runs what there is as soon as the device is idle",
     false, SetNumber<&O::max_queue_delay_us, 0, 60'000'000>, GetNumber<&O::max_queue_delay_us>},
    {"cache-config", "local,size=BYTES",
     "Memory for answers of models whose config has response_cache; a request whose inputs were "
     "seen is answered from it",
     false, SetCache, GetCache, ':', kRare},
    {"lame-duck-seconds", "SECONDS",
     "After SIGTERM, how long calls are still taken while health says NOT_SERVING, so that load "
     "balancers can look away; SIGINT skips it",
     false, SetNumber<&O::lame_duck_seconds, 0, 3600>, GetNumber<&O::lame_duck_seconds>},
    {"drain-seconds", "SECONDS",
     "After a signal, how long the whole shutdown may take; calls still open then are cancelled",
     false, SetNumber<&O::drain_seconds, 0, 3600>, GetNumber<&O::drain_seconds>},
    {"otlp-endpoint", "HOST:PORT",
     "OpenTelemetry collector (OTLP over gRPC, without TLS) that request traces are sent to", false,
     SetOtlpEndpoint, GetText<&O::otlp_endpoint>},
    {"trace-rate", "REQUESTS",
     "One request of so many is traced besides those whose caller samples them; 0 means none; "
     "/debug/trace of the metrics port shows the latest",
     false, SetNumber<&O::trace_rate, 0, kAnyCount>, GetNumber<&O::trace_rate>},
    {"log-level", "LEVEL", "Least severe lines to log: debug, info, warning or error", false,
     SetChoice<&O::log_level, kLogLevels>, GetChoice<&O::log_level, kLogLevels>},
    {"log-format", "text|json", "How lines are logged to standard error", false,
     SetChoice<&O::log_json, kLogFormats>, GetChoice<&O::log_json, kLogFormats>},
    {"access-log", "off|errors|slow:MS|all",
     "Requests that get a line in the log: none; those that failed; besides, those that took so "
     "many milliseconds or longer; all",
     false, SetAccessLog, GetAccessLog},
    {"server-name", "NAME",
     "Name that ServerMetadata tells; some clients made for Triton insist on \"triton\"", false,
     SetText<&O::server_name>, GetText<&O::server_name>, ':', kRare},
    {"allow-client-shm", "BOOL",
     "Whether clients on this host may register POSIX shared memory for their tensors: any that "
     "this process may open is then read and written for them",
     false, SetBool<&O::allow_client_shm>, GetBool<&O::allow_client_shm>},
    {"client-shm-prefix", "PREFIX",
     "Clients may register only shared memory whose key begins so, as /camera_; may be given "
     "several times, without it every key may be registered",
     true, AddShmPrefix, NoDefault, ':', kRare},
};

}  // namespace

std::span<const Setting> GeneralSettings() { return kSettings; }

}  // namespace convoy::server
