#include "server/server.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "compute/base/clock.h"
#include "compute/base/log.h"
#include "compute/base/status.h"
#include "compute/runtime/device.h"
#include "models/repository/repository.h"
#include "server/banner.h"
#include "server/metrics/metrics_endpoint.h"
#include "server/metrics/server_metrics.h"
#include "server/metrics_observer.h"
#include "server/registry/model_control.h"
#include "server/registry/model_loader.h"
#include "server/registry/registry.h"
#include "server/rpc/rpc_server.h"

namespace convoy::server {
namespace {

bool RunsOnGpu(const compute::DeviceFacts& facts) {
  return facts.kind == compute::DeviceKind::kVulkan && !facts.software;
}

MemoryUse MemoryOf(const models::Model& model, bool on_gpu) {
  const models::ModelLoadReport& report = model.load_report();
  return {.type = on_gpu ? "GPU" : "CPU", .bytes = report.weight_bytes + report.arena_bytes};
}

// The device outlives the metrics' scraper.
void TellOfDevice(const compute::Device& device, ServerMetrics& metrics) {
  const compute::DeviceFacts& facts = device.facts();
  metrics.SetDevice(
      {.id = facts.id, .name = facts.name, .uuid = RunsOnGpu(facts) ? facts.uuid : std::string()},
      [&device]() -> std::optional<DeviceMemory> {
        const auto memory = device.ReadMemory();
        if (!memory.has_value()) return std::nullopt;
        return DeviceMemory{.total_bytes = memory->total_bytes,
                            .budget_bytes = memory->budget_bytes,
                            .used_bytes = memory->used_bytes};
      });
}

LoaderSettings MakeLoaderSettings(const ServerOptions& options, ServerMetrics& metrics,
                                  const compute::Clock& clock, bool on_gpu) {
  return {
      .load = {.default_max_batch_size = options.max_batch_size,
               .largest_batch = options.largest_batch,
               .shape_plan_bytes = options.shape_cache_mib << 20,
               .all_lanes = true},
      .queue = {.bounds = {.requests = options.max_queue_size,
                           .bytes = options.max_queue_mib << 20,
                           .code = options.overload_exhausted ? absl::StatusCode::kResourceExhausted
                                                              : absl::StatusCode::kUnavailable},
                .max_queue_delay = absl::Microseconds(options.max_queue_delay_us)},
      .observe = [&metrics, &clock,
                  on_gpu](const models::Model& model) -> std::unique_ptr<BatchObserver> {
        ModelMetrics& counters = metrics.ForLoadedModel(model.source().name, model.source().version,
                                                        model.spec().metric_tags);
        counters.SetLoaded(model.load_report().total, {MemoryOf(model, on_gpu)});
        return std::make_unique<MetricsObserver>(counters, clock);
      }};
}

ControlSettings MakeControlSettings(const ServerOptions& options) {
  return {.mode = options.model_control_mode,
          .paths = options.paths,
          .startup_models = options.load_models,
          .poll_interval = absl::Seconds(options.repository_poll_secs)};
}

std::vector<VersionListing> FailedVersions(const Registry& registry) {
  std::vector<VersionListing> failed = registry.List();
  std::erase_if(
      failed, [](const VersionListing& each) { return each.state != VersionState::kUnavailable; });
  return failed;
}

absl::Status CheckLoaded(const LoadResult& result, const ServerOptions& options) {
  const bool more_may_come = options.model_control_mode != ControlMode::kNone;
  if (result.failed.empty() && result.loaded.empty() && !more_may_come) {
    return absl::NotFoundError(
        absl::StrFormat("No model is found in '%s'; a repository holds NAME/1/model.onnx, "
                        "NAME/model.onnx or NAME.onnx",
                        options.paths.front()));
  }
  const bool forgiven = !options.exit_on_error && (!result.loaded.empty() || more_may_come);
  if (result.failed.empty() || forgiven) return absl::OkStatus();
  const VersionListing& first = result.failed.front();
  return absl::FailedPreconditionError(absl::StrFormat(
      "%d of %d model versions fail to load, first '%s'%s: %s%s", result.failed.size(),
      result.failed.size() + result.loaded.size(), first.name,
      first.version == kNoVersion ? "" : absl::StrFormat(" version %d", first.version),
      first.reason, result.loaded.empty() ? "" : "; --exit-on-error=false serves the others"));
}

SharedMemorySettings SharedMemoryOf(const ServerOptions& options) {
  return {.allowed = options.allow_client_shm, .key_prefixes = options.client_shm_prefixes};
}

int DecoderThreads() {
  return std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 1, 8);
}

}  // namespace

struct Server::Impl {
  ~Impl() {
    if (control != nullptr) control->Finish();  // it tells the RPC side of changes
    const std::lock_guard lock(lost_mutex);
    lost = true;  // and the device's loss that of nothing any more
  }

  ServerOptions options;
  compute::SystemClock clock;
  ServerMetrics metrics{CONVOY_VERSION};
  std::unique_ptr<compute::Device> device;
  models::DiskFileTree files;
  std::optional<ResponseCache> cache;  // where answers are kept
  Registry registry;                   // its models use the device and the cache
  std::mutex loaded_mutex;
  std::optional<std::vector<LoadedVersion>> loaded{std::in_place};  // guarded; until the banner
  std::unique_ptr<ModelControl> control;
  std::unique_ptr<RpcServer> rpc;
  std::unique_ptr<MetricsEndpoint> endpoint;
  std::string banner;

  mutable std::mutex lost_mutex;  // guards what follows
  bool lost = false;
  std::function<void()> on_lost;

  void DeviceLost(const absl::Status& why) {
    const std::lock_guard lock(lost_mutex);
    if (std::exchange(lost, true)) return;
    compute::LogError("the device is lost, the server is no longer ready: %s", why.ToString());
    if (rpc != nullptr) rpc->SetDeviceLost();
    if (on_lost) on_lost();
  }

  absl::Status Listen() {
    CONVOY_ASSIGN_OR_RETURN(
        rpc, RpcServer::Start({.host = options.host,
                               .port = static_cast<int>(options.grpc_port),
                               .unix_socket = options.unix_socket,
                               .listener = options.listener,
                               .limits = options.limits,
                               .max_inflight_requests = options.max_inflight_requests,
                               .otlp_endpoint = options.otlp_endpoint,
                               .trace_rate = options.trace_rate,
                               .access_log = options.access_log,
                               .decoders = DecoderThreads(),
                               .name = options.server_name,
                               .version = CONVOY_VERSION,
                               .shared_memory = SharedMemoryOf(options),
                               .control = control.get(),
                               .strict_readiness = options.strict_readiness},
                              registry, metrics, clock));
    if (options.metrics_port == 0) return absl::OkStatus();
    CONVOY_ASSIGN_OR_RETURN(endpoint,
                            MetricsEndpoint::Start(
                                options.host, static_cast<int>(options.metrics_port), metrics,
                                [this] { return rpc->readiness(); },
                                [this](absl::Duration span) { return rpc->ChromeTrace(span); }));
    return absl::OkStatus();
  }

  void MakeControl() {
    LoaderSettings settings =
        MakeLoaderSettings(options, metrics, clock, RunsOnGpu(device->facts()));
    if (options.cache_bytes > 0) settings.cache = &cache.emplace(options.cache_bytes);
    settings.device_lost = [this](const absl::Status& why) { DeviceLost(why); };
    settings.loaded = [this](LoadedVersion version) {
      const std::lock_guard lock(loaded_mutex);
      if (loaded.has_value()) loaded->push_back(std::move(version));
    };
    control = std::make_unique<ModelControl>(
        MakeControlSettings(options), files,
        [this, settings](const models::ModelSource& source) {
          return LoadVersion(source, *device, clock, settings);
        },
        registry, [this] { rpc->RefreshHealth(); });
  }

  LoadResult TakeLoadResult() {
    const std::lock_guard lock(loaded_mutex);
    LoadResult result{.loaded = *std::move(loaded), .failed = FailedVersions(registry)};
    loaded.reset();
    return result;
  }

  absl::Status Load(const models::Snapshot& snapshot) {
    CONVOY_RETURN_IF_ERROR(control->Start(snapshot));
    LoadResult result = TakeLoadResult();
    CONVOY_RETURN_IF_ERROR(CheckLoaded(result, options));
    banner = RenderBanner({.version = CONVOY_VERSION,
                           .device = device->facts(),
                           .models = std::move(result),
                           .host = options.host,
                           .grpc_port = rpc->port(),
                           .metrics_port = endpoint == nullptr ? 0 : endpoint->port()});
    return absl::OkStatus();
  }
};

absl::StatusOr<std::unique_ptr<Server>> Server::Create(const ServerOptions& options) {
  auto impl = std::make_unique<Impl>();
  impl->options = options;
  CONVOY_ASSIGN_OR_RETURN(const models::Snapshot snapshot,
                          models::Scan(impl->files, options.paths));
  CONVOY_ASSIGN_OR_RETURN(
      impl->device,
      compute::OpenDevice(
          options.device,
          {.threads = static_cast<int>(options.threads),
           .allow_cpu_fallback = options.allow_cpu_fallback,
           .vulkan_kernels = options.vulkan_kernels,
           .cpu_winograd =
               options.cpu_winograd ? compute::CpuWinograd::kAuto : compute::CpuWinograd::kOff,
           .batch_invariant = options.batch_invariant,
           .tune = options.tune,
           .lanes = static_cast<int>(options.lanes),
           .precision = options.fp16 ? compute::Precision::kFp16 : compute::Precision::kFp32}));
  TellOfDevice(*impl->device, impl->metrics);
  impl->MakeControl();
  CONVOY_RETURN_IF_ERROR(impl->Listen());
  CONVOY_RETURN_IF_ERROR(impl->Load(snapshot));
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() = default;

void Server::SetReady() { impl_->rpc->SetReady(); }

void Server::OnDeviceLost(std::function<void()> handler) {
  const std::lock_guard lock(impl_->lost_mutex);
  impl_->on_lost = std::move(handler);
  if (impl_->lost) impl_->on_lost();
}

bool Server::device_lost() const {
  const std::lock_guard lock(impl_->lost_mutex);
  return impl_->lost;
}

const std::string& Server::banner() const { return impl_->banner; }

int Server::grpc_port() const { return impl_->rpc->port(); }

int Server::metrics_port() const {
  return impl_->endpoint == nullptr ? 0 : impl_->endpoint->port();
}

bool Server::Shutdown(absl::Duration lame_duck) {
  impl_->control->Stop();
  return impl_->rpc->Drain(lame_duck, absl::Seconds(impl_->options.drain_seconds));
}

bool Server::loading() const { return impl_->control->loading(); }

}  // namespace convoy::server
