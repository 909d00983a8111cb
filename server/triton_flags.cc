#include "server/triton_flags.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "compute/base/status.h"

namespace convoy::server {
namespace {

absl::StatusOr<std::string> AsItIs(std::string_view value) { return std::string(value); }

absl::StatusOr<bool> ReadBool(std::string_view value) {
  if (value == "true" || value == "1") return true;
  if (value == "false" || value == "0") return false;
  return absl::InvalidArgumentError(absl::StrFormat("'%s' is neither true nor false", value));
}

// What is so here, and what is not.
template <bool so>
absl::StatusOr<std::string> Only(std::string_view value) {
  CONVOY_ASSIGN_OR_RETURN(const bool given, ReadBool(value));
  if (given == so) return "";
  return absl::InvalidArgumentError(
      absl::StrFormat("it is '%s'; here it is always %s", value, so ? "true" : "false"));
}

absl::StatusOr<std::string> VerboseLevel(std::string_view value) {
  int64_t level = 0;
  if (!absl::SimpleAtoi(std::string(value), &level) || level < 0) {
    return absl::InvalidArgumentError(
        absl::StrFormat("'%s' is not a whole number from 0 on", value));
  }
  return level > 0 ? "debug" : "";
}

absl::StatusOr<std::string> LocalCache(std::string_view value) {
  return absl::StrFormat("local,size=%s", value);
}

// No port is there for false.
absl::StatusOr<std::string> MetricsPort(std::string_view value) {
  CONVOY_ASSIGN_OR_RETURN(const bool given, ReadBool(value));
  return given ? "" : "0";
}

constexpr std::string_view kNoHttp =
    "inference is served over gRPC only; --metrics-port has /metrics, /healthz and /readyz";
constexpr std::string_view kNoCuda = "there is no CUDA here, and memory is taken as models need it";
constexpr std::string_view kNoCloud = "there are no endpoints of cloud providers";
constexpr std::string_view kNoBackends =
    "there are no backends to choose or set up; --device and what follows it in the list of "
    "settings say where models run";
constexpr std::string_view kLogLevel =
    "use --log-level, whose debug lines are what --log-verbose asks for";
constexpr std::string_view kTraces =
    "use --trace-rate and --otlp-endpoint, or the RPC TraceSetting; traces go to no file";
constexpr std::string_view kHost = "use --host, which holds for the ports of gRPC and of metrics";
constexpr std::string_view kLoads =
    "models are loaded one after the other, and failed ones when their files change or by request";
constexpr std::string_view kRates =
    "models share the device; instance_group.count bounds the batches of one";
constexpr std::string_view kMetricsAlways = "/metrics has what there is whenever it is asked";
constexpr std::string_view kGrpcThreads =
    "gRPC's threads and messages follow the load; --max-inflight-requests and --grpc-memory-mib "
    "bound them";
constexpr std::string_view kOnePort = "the port is this process's alone";
constexpr std::string_view kNoHeaders = "no header becomes a parameter of a request";
constexpr std::string_view kNoAgents = "no program changes model files before they are loaded";
constexpr std::string_view kOneCache = "there is one cache, local: use --cache-config";

constexpr TritonFlag kFlags[] = {
    {"model-store", "model-repository", AsItIs, ""},
    {"exit-timeout-secs", "drain-seconds", AsItIs, ""},
    {"id", "server-name", AsItIs, ""},
    {"log-verbose", "log-level", VerboseLevel, kLogLevel},
    {"response-cache-byte-size", "cache-config", LocalCache, ""},
    {"allow-grpc", "", Only<true>, "without gRPC nothing would be served"},
    {"allow-http", "", Only<false>, kNoHttp},
    {"allow-metrics", "metrics-port", MetricsPort, ""},
    {"allow-sagemaker", "", Only<false>, kNoCloud},
    {"allow-vertex-ai", "", Only<false>, kNoCloud},
    {"strict-model-config", "", Only<false>, "what a config leaves out is taken from the model"},
    {"disable-auto-complete-config", "", Only<false>,
     "what a config leaves out is taken from the model"},
    {"grpc-address", "", nullptr, kHost},
    {"metrics-address", "", nullptr, kHost},
    {"http-address", "", nullptr, kNoHttp},
    {"http-port", "", nullptr, kNoHttp},
    {"http-thread-count", "", nullptr, kNoHttp},
    {"http-max-input-size", "", nullptr, kNoHttp},
    {"http-restricted-api", "", nullptr, kNoHttp},
    {"http-header-forward-pattern", "", nullptr, kNoHttp},
    {"reuse-http-port", "", nullptr, kNoHttp},
    {"reuse-grpc-port", "", nullptr, kOnePort},
    {"grpc-infer-thread-count", "", nullptr, kGrpcThreads},
    {"grpc-infer-allocation-pool-size", "", nullptr, kGrpcThreads},
    {"grpc-max-response-pool-size", "", nullptr, kGrpcThreads},
    {"grpc-infer-response-compression-level", "", nullptr, "replies are not compressed"},
    {"grpc-http2-max-pings-without-data", "", nullptr,
     "the server pings as --grpc-keepalive-time says"},
    {"grpc-header-forward-pattern", "", nullptr, kNoHeaders},
    {"log-info", "", nullptr, kLogLevel},
    {"log-warning", "", nullptr, kLogLevel},
    {"log-error", "", nullptr, kLogLevel},
    {"log-file", "", nullptr, "lines go to standard error"},
    {"trace-config", "", nullptr, kTraces},
    {"trace-file", "", nullptr, kTraces},
    {"trace-level", "", nullptr, kTraces},
    {"trace-count", "", nullptr, kTraces},
    {"trace-log-frequency", "", nullptr, kTraces},
    {"allow-gpu-metrics", "", nullptr, kMetricsAlways},
    {"allow-cpu-metrics", "", nullptr, kMetricsAlways},
    {"metrics-interval-ms", "", nullptr, kMetricsAlways},
    {"metrics-config", "", nullptr, "histograms are always there, summaries never"},
    {"cache-directory", "", nullptr, kOneCache},
    {"model-load-thread-count", "", nullptr, kLoads},
    {"model-load-retry-count", "", nullptr, kLoads},
    {"model-load-gpu-limit", "", nullptr, kLoads},
    {"model-namespacing", "", nullptr, "a name stands for one model, whatever its repository"},
    {"rate-limit", "", nullptr, kRates},
    {"rate-limit-resource", "", nullptr, kRates},
    {"backend-config", "", nullptr, kNoBackends},
    {"backend-directory", "", nullptr, kNoBackends},
    {"host-policy", "", nullptr, "use --threads and the system's own means, as taskset"},
    {"repoagent-directory", "", nullptr, kNoAgents},
    {"pinned-memory-pool-byte-size", "", nullptr, kNoCuda},
    {"cuda-memory-pool-byte-size", "", nullptr, kNoCuda},
    {"cuda-virtual-address-size", "", nullptr, kNoCuda},
    {"min-supported-compute-capability", "", nullptr, kNoCuda},
    {"enable-peer-access", "", nullptr, kNoCuda},
    {"buffer-manager-thread-count", "", nullptr, kNoCuda},
    {"sagemaker-port", "", nullptr, kNoCloud},
    {"sagemaker-safe-port-range", "", nullptr, kNoCloud},
    {"sagemaker-thread-count", "", nullptr, kNoCloud},
    {"vertex-ai-port", "", nullptr, kNoCloud},
    {"vertex-ai-thread-count", "", nullptr, kNoCloud},
    {"vertex-ai-default-model", "", nullptr, kNoCloud},
};

absl::Status TakeFlag(const TritonFlag& flag, std::string_view value, GivenSettings& given) {
  const std::string why =
      flag.instead.empty() ? "" : absl::StrFormat(": %s", std::string(flag.instead));
  if (flag.translate == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrFormat("--%s of tritonserver has no counterpart here%s", flag.name, why));
  }
  const absl::StatusOr<std::string> translated = flag.translate(value);
  if (!translated.ok()) {
    return absl::InvalidArgumentError(
        absl::StrFormat("given by --%s: %s%s", flag.name, translated.status().message(), why));
  }
  if (!translated->empty()) given[std::string(flag.setting)].push_back(*translated);
  return absl::OkStatus();
}

std::string RowOf(const TritonFlag& flag) {
  if (flag.translate == nullptr) {
    return absl::StrFormat("| `--%s` | refused: %s |\n", flag.name, flag.instead);
  }
  if (flag.translate == Only<true>) {
    return absl::StrFormat("| `--%s` | true, as always |\n", flag.name);
  }
  if (flag.translate == Only<false>) {
    return absl::StrFormat("| `--%s` | false, as always |\n", flag.name);
  }
  return absl::StrFormat("| `--%s` | `--%s` |\n", flag.name, flag.setting);
}

}  // namespace

std::span<const TritonFlag> TritonFlags() { return kFlags; }

absl::Status TakeTritonFlags(const GivenSettings& flags, GivenSettings& given) {
  for (const TritonFlag& flag : kFlags) {
    const auto values = flags.find(flag.name);
    if (values == flags.end()) continue;
    for (const std::string& value : values->second) {
      CONVOY_RETURN_IF_ERROR(TakeFlag(flag, value, given));
    }
  }
  return absl::OkStatus();
}

std::string RenderTritonFlags() {
  std::string section =
      "\n## Flags of tritonserver\n\n"
      "Flags that both servers have are above. These are taken too, or refused by a message that "
      "says what to use:\n\n"
      "| flag | here |\n|---|---|\n";
  for (const TritonFlag& flag : kFlags) section += RowOf(flag);
  return section;
}

}  // namespace convoy::server
