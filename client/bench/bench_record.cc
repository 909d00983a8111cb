#include "client/bench/bench_record.h"

#include "absl/strings/str_format.h"

namespace convoy::client {

double RowsPerSecond(const BenchRecord& bench, const RunRecord& run) {
  return run.report.CallsPerSecond() * static_cast<double>(bench.rows_per_call);
}

std::string ShortName(const LoadShape& load) {
  return load.open_loop ? absl::StrFormat("%.4g/s", load.rate)
                        : absl::StrFormat("c=%d", load.concurrency);
}

std::string LongName(const LoadShape& load) {
  if (load.open_loop) return absl::StrFormat("open loop, %s, %s", load.plan, load.arrivals);
  return absl::StrFormat("closed loop, %d call%s in flight", load.concurrency,
                         load.concurrency == 1 ? "" : "s");
}

ServerMeans MeansOf(const ModelCounters& counted) {
  ServerMeans means;
  if (counted.requests <= 0) return means;
  const int64_t n = counted.requests;
  means.total = counted.total / n;
  means.queue = counted.queue / n;
  means.compute_input = counted.compute_input / n;
  means.compute_infer = counted.compute_infer / n;
  means.compute_output = counted.compute_output / n;
  if (counted.batches > 0) {
    means.batch_size = static_cast<double>(counted.rows) / static_cast<double>(counted.batches);
  }
  return means;
}

ModelCounters Difference(const ModelCounters& after, const ModelCounters& before) {
  return {after.rows - before.rows,
          after.batches - before.batches,
          after.requests - before.requests,
          after.total - before.total,
          after.queue - before.queue,
          after.compute_input - before.compute_input,
          after.compute_infer - before.compute_infer,
          after.compute_output - before.compute_output};
}

std::string LatencyNote(const LoadShape& load) {
  return load.open_loop ? "Response time counts from when a call was due, service time from when "
                          "it was sent."
                        : "Callers wait for their answers: a slow server slows them down too, and "
                          "its latencies say nothing of callers who do not wait.";
}

}  // namespace convoy::client
