#include "server/rpc/statistics_call.h"

#include <algorithm>
#include <string>
#include <vector>

#include "compute/base/quote.h"
#include "compute/base/status.h"

namespace convoy::server {
namespace {

using compute::Quote;

void Fill(const DurationSum& sum, inference::StatisticDuration& duration) {
  duration.set_count(sum.count);
  duration.set_ns(sum.ns);
}

// Every part is set, also where nothing has been counted: clients read them unchecked.
void FillRequests(const ModelStatistics& statistics, inference::InferStatistics& to) {
  Fill(statistics.success, *to.mutable_success());
  Fill(statistics.fail, *to.mutable_fail());
  Fill(statistics.queue, *to.mutable_queue());
  Fill(statistics.gather, *to.mutable_compute_input());
  Fill(statistics.compute, *to.mutable_compute_infer());
  Fill(statistics.scatter, *to.mutable_compute_output());
  Fill(statistics.cache_hit, *to.mutable_cache_hit());
  Fill(statistics.cache_miss, *to.mutable_cache_miss());
}

void Fill(const std::string& name, int64_t version, const ModelStatistics& statistics,
          inference::ModelStatistics& to) {
  to.set_name(name);
  to.set_version(absl::StrFormat("%d", version));
  to.set_last_inference(static_cast<uint64_t>(absl::ToUnixMillis(statistics.last_inference)));
  to.set_inference_count(statistics.inference_count);
  to.set_execution_count(statistics.execution_count);
  FillRequests(statistics, *to.mutable_inference_stats());
  for (const auto& [rows, times] : statistics.batches) {
    inference::InferBatchStatistics& batch = *to.add_batch_stats();
    batch.set_batch_size(static_cast<uint64_t>(rows));
    Fill(times.gather, *batch.mutable_compute_input());
    Fill(times.compute, *batch.mutable_compute_infer());
    Fill(times.scatter, *batch.mutable_compute_output());
  }
  for (const MemoryUse& use : statistics.memory) {
    inference::MemoryUsage& memory = *to.add_memory_usage();
    memory.set_type(use.type);
    memory.set_id(use.id);
    memory.set_byte_size(static_cast<uint64_t>(std::max<int64_t>(use.bytes, 0)));
  }
}

std::vector<std::string> ModelNames(const Registry& registry) {
  std::vector<std::string> names;
  for (const VersionListing& listing : registry.List()) {
    if (names.empty() || names.back() != listing.name) names.push_back(listing.name);
  }
  return names;
}

}  // namespace

absl::Status FillStatistics(const inference::ModelStatisticsRequest& request,
                            const Registry& registry, ServerMetrics& metrics,
                            inference::ModelStatisticsResponse& response) {
  const bool all = request.name().empty();
  for (const std::string& name : all ? ModelNames(registry) : std::vector{request.name()}) {
    const std::vector<int64_t> versions = registry.ReadyVersions(name);
    if (versions.empty() && !all) {
      return absl::InvalidArgumentError(
          absl::StrFormat("requested model %s is not available", Quote(name)));
    }
    for (const int64_t version : versions) {
      if (!request.version().empty() && request.version() != std::to_string(version)) continue;
      Fill(name, version, metrics.ForModel(name, version).Statistics(),
           *response.add_model_stats());
    }
  }
  if (response.model_stats_size() > 0 || request.version().empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrFormat("requested model version is not available for model %s: version %s",
                      Quote(request.name()), Quote(request.version())));
}

}  // namespace convoy::server
