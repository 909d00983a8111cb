#include "server/registry/model_loader.h"

#include <utility>

#include "compute/base/log.h"
#include "compute/base/status.h"

namespace convoy::server {
namespace {

class ModelRunner : public BatchRunner {
 public:
  ModelRunner(std::unique_ptr<models::Model> model, DeviceLost device_lost)
      : model_(std::move(model)), device_lost_(std::move(device_lost)) {}

  RunnerLanes lanes() const override {
    const models::ModelLoadReport& report = model_->load_report();
    RunnerLanes lanes{.count = report.lanes, .narrow = report.narrow_lanes};
    for (const models::BucketRun& run : report.runs) {
      lanes.times.push_back({.rows = run.rows, .wide = run.wide, .narrow = run.narrow});
    }
    return lanes;
  }

  int64_t max_rows() const override { return model_->max_rows(); }

  absl::StatusOr<BatchReport> Run(std::span<BatchPart> parts, compute::Width width) override {
    std::vector<models::BatchItem> items;
    items.reserve(parts.size());
    for (BatchPart& part : parts) {
      items.push_back({.rows = part.rows, .inputs = std::move(part.inputs)});
    }
    const absl::StatusOr<models::RunReport> ran = model_->Run(items, width);
    if (absl::IsUnavailable(ran.status()) && device_lost_) device_lost_(ran.status());
    CONVOY_ASSIGN_OR_RETURN(const models::RunReport report, ran);
    for (size_t i = 0; i < parts.size(); ++i) parts[i].outputs = std::move(items[i].outputs);
    return BatchReport{.rows = report.rows,
                       .bucket = report.bucket,
                       .width = report.width,
                       .gather = report.gather,
                       .compute = report.compute,
                       .scatter = report.scatter};
  }

 private:
  std::unique_ptr<models::Model> model_;
  DeviceLost device_lost_;
};

void LogLoad(const models::ModelSource& source, const models::ModelLoadReport& report) {
  constexpr double kMebibyte = 1 << 20;
  compute::LogInfo(
      "model '%s' version %d: up to %d batches at once; weights take %.1f MiB, inputs, outputs and "
      "intermediate values %.1f MiB",
      source.name, source.version, report.lanes,
      static_cast<double>(report.weight_bytes) / kMebibyte,
      static_cast<double>(report.session_bytes) / kMebibyte);
  for (const models::BucketRun& run : report.runs) {
    compute::LogDebug("model '%s': a batch of %d takes %s wide, %s narrow", source.name, run.rows,
                      absl::FormatDuration(run.wide), absl::FormatDuration(run.narrow));
  }
}

}  // namespace

absl::StatusOr<std::unique_ptr<ServedModel>> LoadVersion(const models::ModelSource& source,
                                                         compute::Device& device,
                                                         const compute::Clock& clock,
                                                         const LoaderSettings& settings) {
  compute::LogInfo("model '%s' version %d is loading", source.name, source.version);
  CONVOY_ASSIGN_OR_RETURN(std::unique_ptr<models::Model> model,
                          models::Model::Load(source, device, settings.load));
  LogLoad(source, model->load_report());
  std::unique_ptr<BatchObserver> observer;
  if (settings.observe) observer = settings.observe(*model);
  models::ModelSpec spec = model->spec();
  spec.name = source.name;
  if (spec.response_cache && settings.cache == nullptr) {
    compute::LogWarning("model '%s' asks for response_cache; --cache-config gives it memory",
                        spec.name);
  }
  if (settings.loaded) {
    settings.loaded({.source = source,
                     .max_batch_size = spec.max_batch_size,
                     .takes_images = spec.image.has_value(),
                     .report = model->load_report()});
  }
  return std::make_unique<ServedModel>(
      std::move(spec), source.version,
      std::make_unique<ModelRunner>(std::move(model), settings.device_lost), std::move(observer),
      settings.queue, clock, settings.cache);
}

}  // namespace convoy::server
