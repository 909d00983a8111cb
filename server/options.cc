#include "server/options.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <limits>
#include <sstream>
#include <utility>

#include "absl/strings/numbers.h"
#include "compute/base/status.h"
#include "server/tracing/otlp_endpoint.h"

namespace convoy::server {
namespace {

constexpr int64_t kMaxPort = 65535;
constexpr std::array<std::pair<std::string_view, compute::LogLevel>, 4> kLogLevels = {
    {{"debug", compute::LogLevel::kDebug},
     {"info", compute::LogLevel::kInfo},
     {"warning", compute::LogLevel::kWarning},
     {"error", compute::LogLevel::kError}}};

constexpr std::array<std::pair<std::string_view, ModelControlMode>, 3> kControlModes = {
    {{"none", ModelControlMode::kNone},
     {"poll", ModelControlMode::kPoll},
     {"explicit", ModelControlMode::kExplicit}}};

template <int64_t ServerOptions::*member, int64_t lowest, int64_t highest>
absl::Status SetNumber(ServerOptions& options, std::string_view text) {
  int64_t value = 0;
  if (!absl::SimpleAtoi(std::string(text), &value) || value < lowest || value > highest) {
    return absl::InvalidArgumentError(
        absl::StrFormat("'%s' is not a whole number from %d to %d", text, lowest, highest));
  }
  options.*member = value;
  return absl::OkStatus();
}

template <int64_t ServerOptions::*member>
std::string GetNumber(const ServerOptions& options) {
  return absl::StrFormat("%d", options.*member);
}

template <std::string ServerOptions::*member>
absl::Status SetText(ServerOptions& options, std::string_view text) {
  if (text.empty()) return absl::InvalidArgumentError("the value is empty");
  options.*member = std::string(text);
  return absl::OkStatus();
}

template <std::string ServerOptions::*member>
std::string GetText(const ServerOptions& options) {
  return options.*member;
}

template <bool ServerOptions::*member>
absl::Status SetBool(ServerOptions& options, std::string_view text) {
  if (text != "true" && text != "false" && text != "1" && text != "0") {
    return absl::InvalidArgumentError(absl::StrFormat("'%s' is neither true nor false", text));
  }
  options.*member = text == "true" || text == "1";
  return absl::OkStatus();
}

template <bool ServerOptions::*member>
std::string GetBool(const ServerOptions& options) {
  return options.*member ? "true" : "false";
}

absl::Status AddPath(ServerOptions& options, std::string_view text) {
  if (text.empty()) return absl::InvalidArgumentError("the path is empty");
  options.paths.emplace_back(text);
  return absl::OkStatus();
}

absl::Status SetWinograd(ServerOptions& options, std::string_view text) {
  if (text != "auto" && text != "off") {
    return absl::InvalidArgumentError(absl::StrFormat("'%s' is neither auto nor off", text));
  }
  options.cpu_winograd = text == "auto";
  return absl::OkStatus();
}

std::string GetWinograd(const ServerOptions& options) {
  return options.cpu_winograd ? "auto" : "off";
}

absl::Status SetPrecision(ServerOptions& options, std::string_view text) {
  if (text != "fp32" && text != "fp16") {
    return absl::InvalidArgumentError(absl::StrFormat("'%s' is neither fp32 nor fp16", text));
  }
  options.fp16 = text == "fp16";
  return absl::OkStatus();
}

std::string GetPrecision(const ServerOptions& options) { return options.fp16 ? "fp16" : "fp32"; }

absl::Status SetTune(ServerOptions& options, std::string_view text) {
  for (const auto& [name, mode] : compute::kTuneModes) {
    if (text != name) continue;
    options.tune = mode;
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrFormat("'%s' is none of off, auto, timed", text));
}

std::string GetTune(const ServerOptions& options) {
  for (const auto& [name, mode] : compute::kTuneModes) {
    if (options.tune == mode) return std::string(name);
  }
  return "";
}

std::string NoPath(const ServerOptions&) { return ""; }

absl::Status AddShmPrefix(ServerOptions& options, std::string_view text) {
  if (text.empty()) return absl::InvalidArgumentError("the prefix is empty");
  options.client_shm_prefixes.emplace_back(text);
  return absl::OkStatus();
}

std::string NoPrefix(const ServerOptions&) { return ""; }

absl::Status SetControlMode(ServerOptions& options, std::string_view text) {
  for (const auto& [name, mode] : kControlModes) {
    if (text != name) continue;
    options.model_control_mode = mode;
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrFormat("'%s' is none of none, poll, explicit", text));
}

std::string GetControlMode(const ServerOptions& options) {
  for (const auto& [name, mode] : kControlModes) {
    if (options.model_control_mode == mode) return std::string(name);
  }
  return "";
}

absl::Status AddLoadModel(ServerOptions& options, std::string_view text) {
  if (text.empty()) return absl::InvalidArgumentError("the name is empty");
  options.load_models.emplace_back(text);
  return absl::OkStatus();
}

std::string NoModel(const ServerOptions&) { return ""; }

absl::Status SetLogLevelOption(ServerOptions& options, std::string_view text) {
  for (const auto& [name, level] : kLogLevels) {
    if (text != name) continue;
    options.log_level = level;
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrFormat("'%s' is none of debug, info, warning, error", text));
}

std::string GetLogLevelOption(const ServerOptions& options) {
  for (const auto& [name, level] : kLogLevels) {
    if (options.log_level == level) return std::string(name);
  }
  return "";
}

absl::Status SetLogFormat(ServerOptions& options, std::string_view text) {
  if (text != "text" && text != "json") {
    return absl::InvalidArgumentError(absl::StrFormat("'%s' is neither text nor json", text));
  }
  options.log_json = text == "json";
  return absl::OkStatus();
}

std::string GetLogFormat(const ServerOptions& options) {
  return options.log_json ? "json" : "text";
}

absl::Status SetOverloadCode(ServerOptions& options, std::string_view text) {
  if (text != "unavailable" && text != "resource-exhausted") {
    return absl::InvalidArgumentError(
        absl::StrFormat("'%s' is neither unavailable nor resource-exhausted", text));
  }
  options.overload_exhausted = text == "resource-exhausted";
  return absl::OkStatus();
}

std::string GetOverloadCode(const ServerOptions& options) {
  return options.overload_exhausted ? "resource-exhausted" : "unavailable";
}

absl::Status SetOtlpEndpoint(ServerOptions& options, std::string_view text) {
  CONVOY_ASSIGN_OR_RETURN(options.otlp_endpoint, ParseOtlpEndpoint(text));
  return absl::OkStatus();
}

using O = ServerOptions;
constexpr int64_t kAnyCount = std::numeric_limits<int32_t>::max();

constexpr Setting kSettings[] = {
    {"model-repository", "DIR",
     "Directory of models to serve, as a PATH is; may be given several times", true, AddPath,
     NoPath},
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
     "On the cpu: Winograd's algorithm for 3x3 convolutions where it proves faster when the model "
     "loads (auto), or nowhere (off)",
     false, SetWinograd, GetWinograd, ':', kRare},
    {"tune", "off|auto|timed",
     "Who chooses among kernels that suit a layer: rules (off); the tune file, else a trial on the "
     "cpu and rules on Vulkan (auto), or a trial on both (timed)",
     false, SetTune, GetTune},
    {"precision", "fp32|fp16",
     "On Vulkan: how image tensors and weights lie in memory; sums are fp32 with either, and so "
     "are "
     "inputs and outputs",
     false, SetPrecision, GetPrecision},
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
     false, SetControlMode, GetControlMode},
    {"load-model", "MODEL",
     "Model to load at the start with --model-control-mode=explicit; may be given several times; "
     "* alone means all",
     true, AddLoadModel, NoModel},
    {"repository-poll-secs", "SECONDS",
     "How often --model-control-mode=poll looks at the files; a change is taken up at the second "
     "look that finds it the same",
     false, SetNumber<&O::repository_poll_secs, 1, 86'400>, GetNumber<&O::repository_poll_secs>,
     ':', kRare},
    {"max-batch-size", "ROWS",
     "Largest batch of models that have a free batch dimension and no config.pbtxt", false,
     SetNumber<&O::max_batch_size, 1, 1024>, GetNumber<&O::max_batch_size>},
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
     false, SetOverloadCode, GetOverloadCode, ':', kRare},
    {"max-queue-delay-us", "MICROSECONDS",
     "How long a request may wait for others to share its batch, for models whose config sets no "
     "delay; 0 runs what there is as soon as the device is idle",
     false, SetNumber<&O::max_queue_delay_us, 0, 60'000'000>, GetNumber<&O::max_queue_delay_us>},
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
     SetLogLevelOption, GetLogLevelOption},
    {"log-format", "text|json", "How lines are logged to standard error", false, SetLogFormat,
     GetLogFormat},
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
     true, AddShmPrefix, NoPrefix, ':', kRare},
};

absl::Status CheckLoadModels(const ServerOptions& options) {
  const std::vector<std::string>& names = options.load_models;
  if (!names.empty() && options.model_control_mode != ModelControlMode::kExplicit) {
    return absl::InvalidArgumentError(
        absl::StrFormat("load-model is given, but model-control-mode is '%s'; it needs 'explicit'",
                        GetControlMode(options)));
  }
  if (names.size() > 1 && std::ranges::find(names, "*") != names.end()) {
    return absl::InvalidArgumentError("load-model is given as '*', which must be the only one");
  }
  return absl::OkStatus();
}

std::vector<std::string> Split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  return parts;
}

// The values of one setting and how to call their origin in a message.
struct Origin {
  std::vector<std::string> values;
  std::string name;
};

Origin FindValues(const Setting& setting, const GivenSettings& given,
                  const EnvironmentReader& environment) {
  if (const auto it = given.find(setting.name); it != given.end() && !it->second.empty()) {
    return {it->second, absl::StrFormat("--%s", setting.name)};
  }
  const std::string variable = EnvironmentName(setting);
  const std::optional<std::string> value = environment(variable);
  if (!value.has_value()) return {};
  if (setting.repeatable) return {Split(*value, setting.separator), variable};
  return {{*value}, variable};
}

}  // namespace

std::span<const Setting> Settings() {
  static const std::vector<Setting> all = [] {
    std::vector<Setting> settings(std::begin(kSettings), std::end(kSettings));
    settings.insert(settings.end(), EdgeSettings().begin(), EdgeSettings().end());
    return settings;
  }();
  return all;
}

std::string EnvironmentName(const Setting& setting) {
  std::string name = "CONVOY_";
  for (const char c : setting.name) {
    name += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return name;
}

std::optional<std::string> ReadEnvironment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr) return std::nullopt;
  return value;
}

absl::StatusOr<ServerOptions> ResolveOptions(const std::vector<std::string>& paths,
                                             const GivenSettings& given,
                                             const EnvironmentReader& environment) {
  ServerOptions options;
  options.paths = paths;
  for (const Setting& setting : Settings()) {
    const Origin origin = FindValues(setting, given, environment);
    for (const std::string& value : origin.values) {
      CONVOY_RETURN_IF_ERROR(compute::WithContext(setting.set(options, value),
                                                  absl::StrFormat("given by %s", origin.name)));
    }
  }
  CONVOY_RETURN_IF_ERROR(CheckLoadModels(options));
  if (options.paths.empty()) {
    return absl::InvalidArgumentError(
        "Nothing to serve is given: name a model repository, a model directory or an .onnx file");
  }
  return options;
}

std::string RenderConfigurationPage() {
  const ServerOptions defaults;
  std::string page =
      "# Configuration of the server\n\n"
      "`convoy serve PATH...` takes model repositories, model directories and `.onnx` files. Every "
      "setting is a flag and\nan environment variable; a flag beats the variable, which beats the "
      "default. What a single model wants (batch size,\nqueue, images) stands in its "
      "`config.pbtxt`: see [models](models.md).\n\n"
      "This page is rendered from `server/options.cc`, and a test compares the two.\n\n"
      "| flag | variable | default | meaning |\n|---|---|---|---|\n";
  for (const Setting& setting : Settings()) {
    const std::string value = setting.get(defaults);
    page +=
        absl::StrFormat("| `--%s %s` | `%s` | %s | %s |\n", setting.name, setting.value_name,
                        EnvironmentName(setting),
                        value.empty() ? "none" : absl::StrFormat("`%s`", value), setting.meaning);
  }
  return page;
}

}  // namespace convoy::server
