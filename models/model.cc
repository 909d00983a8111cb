#include "models/model.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

#include "absl/time/clock.h"
#include "compute/base/log.h"
#include "compute/base/status.h"
#include "models/batch_shapes.h"
#include "models/instance_check.h"
#include "models/model_files.h"
#include "models/plan_builder.h"
#include "models/plan_cache.h"
#include "models/validate_item.h"
#include "models/warm_up.h"

namespace convoy::models {
namespace {

using compute::HostTensor;
using compute::Shape;
using compute::TensorSpec;

// Imports for one row. Dimensions that requests choose are tried at sizes that networks with
// several halvings accept; the first error counts.
absl::StatusOr<Graph> ProbeImport(const PlanBuilder& builder, const ModelSpec& spec) {
  absl::Status first_error;
  for (const int64_t open : {256, 64, 1}) {
    auto graph = builder.Import(InputShapes(spec, 1, open));
    if (graph.ok() || HasFixedInputs(spec)) return graph;
    if (first_error.ok()) first_error = graph.status();
  }
  return first_error;
}

// The smallest bucket of those up to `largest` that holds the rows.
int64_t BucketFor(int64_t largest, int64_t rows) {
  const std::vector<int64_t> buckets = BucketsUpTo(largest);
  const auto found = std::lower_bound(buckets.begin(), buckets.end(), rows);
  return found == buckets.end() ? buckets.back() : *found;
}

}  // namespace

struct Model::Impl {
  explicit Impl(int64_t shape_plan_bytes) : plans(shape_plan_bytes) {}

  ModelSource source;
  ModelSpec spec;
  ModelLoadReport report;
  int64_t max_rows = 1;
  std::optional<PlanBuilder> builder;  // kept while requests may bring new shapes
  PlanCache plans;

  absl::Status Load(compute::Device& device, const ModelLoadOptions& options);
  absl::Status Probe(const ModelFiles& files);
  absl::Status WarmBuckets();
  absl::StatusOr<std::shared_ptr<CompiledPlan>> PlanFor(const std::vector<Shape>& shapes,
                                                        int64_t bucket);
  void AddToReport(int64_t bucket, const CompiledPlan& plan);
  void Gather(std::span<const BatchItem> items, compute::Session& session) const;
  void Scatter(std::span<BatchItem> items, const CompiledPlan& plan,
               const compute::Session& session) const;
};

absl::Status Model::Impl::Load(compute::Device& device, const ModelLoadOptions& options) {
  const absl::Time start = absl::Now();
  CONVOY_ASSIGN_OR_RETURN(ModelFiles files, ReadModelFiles(source, options.default_max_batch_size));
  spec = files.spec;
  CONVOY_RETURN_IF_ERROR(CheckInstances(spec.instance_groups, device.facts()));
  if (options.all_lanes) report.lanes = LanesOf(spec.instance_groups, device.facts());
  report.narrow_lanes = report.lanes > 1 && device.facts().narrow_lanes;
  builder.emplace(files.onnx, ServedOutputs(files), device, options.disabled_passes, report.lanes);
  CONVOY_RETURN_IF_ERROR(Probe(files));
  max_rows = std::max<int64_t>(1, spec.max_batch_size);
  if (options.largest_batch > 0) max_rows = std::min(max_rows, options.largest_batch);
  CONVOY_RETURN_IF_ERROR(WarmBuckets());
  if (HasFixedInputs(spec)) builder.reset();  // every plan is there; lets go of the host's weights
  report.total = absl::Now() - start;
  return absl::OkStatus();
}

// Finds operators out of reach before the first request, and what the file leaves unsaid.
absl::Status Model::Impl::Probe(const ModelFiles& files) {
  auto graph = ProbeImport(*builder, spec);
  if (graph.ok() && spec.max_batch_size > 0 && !CarriesBatch(*graph, 1)) {
    compute::LogWarning(
        "model '%s' is served without batching: an output does not have the batch as its first "
        "dimension",
        spec.name);
    CONVOY_ASSIGN_OR_RETURN(spec, SpecWithoutBatch(files));
    graph = ProbeImport(*builder, spec);
  }
  if (graph.ok()) {
    CONVOY_RETURN_IF_ERROR(RefineOutputs(*graph, HasFixedInputs(spec), spec));
    if (!files.softmax_given) spec.classify_softmax = EndsInLogits(*graph);
    return absl::OkStatus();
  }
  if (HasFixedInputs(spec) || absl::IsUnimplemented(graph.status())) return graph.status();
  compute::LogWarning("model '%s' could not be tried before the first request: %s", spec.name,
                      graph.status().message());
  return absl::OkStatus();
}

// Compiles and runs every bucket whose shapes are known. What the device has no room for ends the
// list, and larger requests run in parts. A model whose graph has a batch of 1 built in, although
// its file leaves the dimension open, serves the batches that work: whether its rows are
// independent is not known.
absl::Status Model::Impl::WarmBuckets() {
  if (!KnownShapes(spec, 1).has_value()) return absl::OkStatus();
  for (const int64_t bucket : BucketsUpTo(max_rows)) {
    const std::vector<Shape> shapes = *KnownShapes(spec, bucket);
    auto plan = builder->Build(shapes, spec.max_batch_size > 0 ? bucket : 0);
    const bool no_room = absl::IsResourceExhausted(plan.status());
    const bool no_batch =
        absl::IsInvalidArgument(plan.status()) || absl::IsUnimplemented(plan.status());
    if (bucket > 1 && (no_room || no_batch)) {
      compute::LogWarning("model '%s' runs batches up to %d instead of %d%s: %s", spec.name,
                          report.buckets.back(), max_rows,
                          no_room ? ", larger requests in parts" : "", plan.status().message());
      max_rows = report.buckets.back();
      if (no_batch) spec.max_batch_size = max_rows;
      break;
    }
    if (!plan.ok()) return plan.status();
    if (report.lanes > 1) CONVOY_RETURN_IF_ERROR(TimeRuns(**plan));
    AddToReport(bucket, **plan);
    plans.Add(*std::move(plan));
  }
  return absl::OkStatus();
}

void Model::Impl::AddToReport(int64_t bucket, const CompiledPlan& plan) {
  const compute::SessionReport& session = plan.wide.sessions().front()->report();
  report.buckets.push_back(bucket);
  report.weight_bytes = std::max(report.weight_bytes, session.weight_bytes);
  report.arena_bytes = std::max(report.arena_bytes, session.arena_bytes);
  report.session_bytes += plan.bytes;
  if (report.lanes == 1) return;
  report.runs.push_back({.rows = bucket, .wide = plan.wide_run, .narrow = plan.narrow_run});
}

absl::StatusOr<std::shared_ptr<CompiledPlan>> Model::Impl::PlanFor(const std::vector<Shape>& shapes,
                                                                   int64_t bucket) {
  return plans.Get(shapes,
                   [&] { return builder->Build(shapes, spec.max_batch_size > 0 ? bucket : 0); });
}

// Rows past the last item keep what they held: no row depends on another.
void Model::Impl::Gather(std::span<const BatchItem> items, compute::Session& session) const {
  for (size_t i = 0; i < spec.inputs.size(); ++i) {
    std::span<std::byte> to = session.input(static_cast<int>(i));
    for (const BatchItem& item : items) {
      const std::span<const std::byte> from = item.inputs[i].bytes;
      std::memcpy(to.data(), from.data(), from.size());
      to = to.subspan(from.size());
    }
  }
}

void Model::Impl::Scatter(std::span<BatchItem> items, const CompiledPlan& plan,
                          const compute::Session& session) const {
  for (BatchItem& item : items) item.outputs.clear();
  for (size_t i = 0; i < spec.outputs.size(); ++i) {
    std::span<const std::byte> from = session.output(static_cast<int>(i));
    for (BatchItem& item : items) {
      TensorSpec output{spec.outputs[i].dtype, FromNetworkShape(spec.outputs[i], plan.outputs[i],
                                                                spec.max_batch_size > 0)};
      if (spec.max_batch_size > 0) output.shape[0] = item.rows;
      HostTensor tensor(output);
      std::memcpy(tensor.bytes().data(), from.data(), tensor.bytes().size());
      from = from.subspan(tensor.bytes().size());
      item.outputs.push_back(std::move(tensor));
    }
  }
}

Model::Model(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Model::~Model() = default;

const ModelSource& Model::source() const { return impl_->source; }
const ModelSpec& Model::spec() const { return impl_->spec; }
const ModelLoadReport& Model::load_report() const { return impl_->report; }
int64_t Model::max_rows() const { return impl_->max_rows; }

absl::StatusOr<std::unique_ptr<Model>> Model::Load(const ModelSource& source,
                                                   compute::Device& device,
                                                   const ModelLoadOptions& options) {
  auto impl = std::make_unique<Impl>(options.shape_plan_bytes);
  impl->source = source;
  absl::Status status = impl->Load(device, options);
  std::unique_ptr<Model> model(new Model(std::move(impl)));
  if (status.ok()) status = RunWarmup(*model);
  if (!status.ok()) {
    return compute::WithContext(status, absl::StrFormat("while loading model '%s' version %d",
                                                        source.name, source.version));
  }
  return model;
}

absl::Status Model::ValidateItem(const BatchItem& item) const {
  return ValidateItemAgainst(impl_->spec, item);
}

absl::StatusOr<RunReport> Model::Run(std::span<BatchItem> items, compute::Width width) {
  const ModelSpec& spec = impl_->spec;
  CONVOY_RETURN_IF_ERROR(CheckBatch(spec, impl_->max_rows, items));
  RunReport report{.width = width};
  for (const BatchItem& item : items) report.rows += item.rows;
  report.bucket = BucketFor(impl_->max_rows, report.rows);
  std::vector<Shape> shapes;
  const bool batched = spec.max_batch_size > 0;
  for (size_t i = 0; i < spec.inputs.size(); ++i) {
    shapes.push_back(ToNetworkShape(spec.inputs[i], items[0].inputs[i].spec.shape, batched));
    if (batched) shapes.back()[0] = report.bucket;
  }
  CONVOY_ASSIGN_OR_RETURN(const std::shared_ptr<CompiledPlan> plan,
                          impl_->PlanFor(shapes, report.bucket));
  const SessionPool::Lease session = plan->For(width).Take();
  const absl::Time start = absl::Now();
  impl_->Gather(items, *session);
  const absl::Time gathered = absl::Now();
  CONVOY_RETURN_IF_ERROR(session->Run());
  const absl::Time computed = absl::Now();
  impl_->Scatter(items, *plan, *session);
  report.gather = gathered - start;
  report.compute = computed - gathered;
  report.scatter = absl::Now() - computed;
  return report;
}

absl::StatusOr<compute::SessionReport> Model::Profile(int64_t rows, int repeats) {
  const ModelSpec& spec = impl_->spec;
  const int64_t bucket = BucketFor(impl_->max_rows, rows);
  const auto shapes = KnownShapes(spec, bucket);
  if (!shapes.has_value() || rows < 1 || rows > bucket) {
    return absl::InvalidArgumentError(
        absl::StrFormat("model '%s' has no fixed input shapes for %d rows; it runs at most %d",
                        spec.name, rows, impl_->max_rows));
  }
  CONVOY_ASSIGN_OR_RETURN(const std::shared_ptr<CompiledPlan> plan,
                          impl_->PlanFor(*shapes, bucket));
  return plan->wide.Take()->Profile(repeats);
}

}  // namespace convoy::models
