#include "cli/tune_session.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "cli/bench_input.h"
#include "cli/bench_load.h"
#include "cli/table.h"
#include "compute/base/status.h"
#include "inference/model_config.pb.h"

namespace convoy::cli {
namespace {

using client::ProbeRequest;
using client::ProbeVerdict;
using client::RunRecord;
using client::SearchOptions;
using client::SearchResult;

// A model's first load tries kernels, on a software driver for minutes.
constexpr absl::Duration kLongestLoad = absl::Minutes(30);
constexpr absl::Duration kBatchTime = absl::Milliseconds(400);
constexpr int64_t kFewestBatches = 3;

// The first search begins here, as that of `convoy bench` does.
constexpr double kFirstShare = 0.7;
// The rounds that compare go to no finer steps than probes of seconds can tell apart; the search
// goes by even coarser ones, since what it finds is measured again.
constexpr double kStepOfSearch = 1.15;
constexpr double kPrecisionOfSearch = 0.06;
constexpr double kStepOfRound = 1.1;
constexpr double kPrecisionOfRound = 0.04;
constexpr int kMostProbesFirst = 12;
constexpr int kMostProbes = 9;
constexpr int kMostProbesOfRound = 4;
// A neighbour's moment on the machine must not decide: a rate is missed when so many probes in a
// row miss it.
constexpr int kMisses = 2;
constexpr absl::Duration kWarmUp = absl::Milliseconds(500);
constexpr int kConnections = 4;
constexpr size_t kLastWords = 5;  // lines of the server's log

std::string LastLines(const std::string& path, size_t count) {
  std::ifstream file(path);
  const std::string text(std::istreambuf_iterator<char>(file), {});
  const std::vector<std::string> lines = absl::StrSplit(text, '\n', absl::SkipWhitespace());
  std::string last;
  for (size_t i = lines.size() - std::min(count, lines.size()); i < lines.size(); ++i) {
    last += "\n  " + Printable(lines[i]);
  }
  return last;
}

}  // namespace

TuneSession::TuneSession(const TuneFlags& flags, const TuneTarget& target, TuneRecord& record)
    : flags_(flags), target_(target), record_(record), load_(flags.load), start_(absl::Now()) {
  load_.model = target.source.name;
  load_.version = flags.model.version;
  load_.quiet = true;
  load_.warm_up = std::min(kWarmUp, load_.probe_time / 4);
  load_.find_max_rate = !load_.slo.empty();  // its arrivals are Poisson's
  const bool told = !load_.images.empty() || !load_.npy.empty() || load_.zero;
  load_.random = load_.random || !told;
}

TuneSession::~TuneSession() {
  bench_.reset();
  server_.reset();
  std::error_code ignored;
  if (!log_folder_.empty()) std::filesystem::remove_all(log_folder_, ignored);
}

absl::StatusOr<std::unique_ptr<TuneSession>> TuneSession::Start(const TuneFlags& flags,
                                                                const TuneTarget& target,
                                                                TuneRecord& record) {
  std::unique_ptr<TuneSession> session(new TuneSession(flags, target, record));
  CONVOY_RETURN_IF_ERROR(session->StartServer());
  CONVOY_RETURN_IF_ERROR(session->Explain(session->LoadFirst()));
  CONVOY_RETURN_IF_ERROR(session->Explain(session->Connect()));
  return session;
}

absl::Status TuneSession::StartServer() {
  std::string folder = (std::filesystem::temp_directory_path() / "convoy-tune-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) {
    return absl::UnavailableError(
        absl::StrFormat("No folder for the server's log can be made as '%s'.", folder));
  }
  log_folder_ = folder;
  const ModelChoice choice = flags_.model.FromArguments();
  auto server =
      ServeChild::Start({"--device", flags_.device, "--threads", std::to_string(flags_.threads),
                         "--tune", flags_.tune, "--model-control-mode", "explicit",
                         "--lame-duck-seconds", "0", "--", choice.repository},
                        log_folder_ + "/log", [] { return BenchSignal() != 0; });
  if (!server.ok()) {
    return absl::Status(server.status().code(),
                        absl::StrFormat("%s It said:%s", server.status().message(),
                                        LastLines(log_folder_ + "/log", kLastWords)));
  }
  server_ = *std::move(server);
  load_.server.url = server_->url();
  CONVOY_ASSIGN_OR_RETURN(client_, client::Client::Connect(load_.server.url, {}));
  return absl::OkStatus();
}

absl::Status TuneSession::LoadFirst() {
  const absl::Time before = absl::Now();
  const client::CallOptions long_call{.timeout = kLongestLoad};
  CONVOY_RETURN_IF_ERROR(client_->LoadModel(load_.model, target_.config, long_call));
  CONVOY_ASSIGN_OR_RETURN(const inference::ModelConfig config,
                          client_->ConfigOf(load_.model, load_.version, {}));
  record_.current = SettingsOf(config);
  record_.several_groups = config.instance_group_size() > 1;
  if (record_.current.max_batch < load_.rows && load_.rows > 1) {
    return absl::InvalidArgumentError(
        absl::StrFormat("--batch is %d, and the model's max_batch_size %d.", load_.rows,
                        record_.current.max_batch));
  }
  TuneSettings largest = record_.current;
  const bool tries_batches = std::ranges::count(flags_.settings, "batch") > 0;
  if (largest.max_batch > 0 && tries_batches) {
    largest.max_batch = std::max(largest.max_batch, flags_.largest_batch);
  }
  CONVOY_RETURN_IF_ERROR(compute::WithContext(
      Load(largest),
      absl::StrFormat("while loading it with batches of up to %d rows; try a smaller "
                      "--largest-batch",
                      largest.max_batch)));
  largest_batch_ = largest.max_batch;
  record_.load_seconds = absl::ToDoubleSeconds(absl::Now() - before);
  return absl::OkStatus();
}

absl::Status TuneSession::Connect() {
  CONVOY_ASSIGN_OR_RETURN(workload_, MakeWorkload(load_, *client_));
  CONVOY_ASSIGN_OR_RETURN(bench_, BenchSession::Create(load_, *client_, *workload_, kConnections));
  return bench_->TryOnce();
}

absl::StatusOr<models::EditedConfig> TuneSession::ConfigWith(
    const TuneSettings& settings, const std::vector<std::string>& comments) const {
  const bool whole = target_.config.empty();
  return models::EditConfig(target_.config, EditBetween(record_.current, settings, whole),
                            comments);
}

absl::Status TuneSession::Load(const TuneSettings& settings) {
  CONVOY_ASSIGN_OR_RETURN(const models::EditedConfig config, ConfigWith(settings, {}));
  return client_->LoadModel(load_.model, config.text, {.timeout = kLongestLoad});
}

absl::Status TuneSession::CheckConfig(const std::string& text) {
  return Explain(client_->LoadModel(load_.model, text, {.timeout = kLongestLoad}));
}

absl::Status TuneSession::MayGoOn() const {
  if (BenchSignal() != 0) return absl::CancelledError("The search was interrupted.");
  if (absl::Now() < deadline_) return absl::OkStatus();
  return absl::DeadlineExceededError("The time is over.");
}

absl::Status TuneSession::Explain(const absl::Status& status) {
  if (status.ok() || absl::IsCancelled(status)) return status;
  const std::optional<int> code = server_->Poll();
  if (!code.has_value()) return status;
  return absl::UnavailableError(
      absl::StrFormat("The server has ended with exit code %d. It said:%s", *code,
                      LastLines(log_folder_ + "/log", kLastWords)));
}

absl::Status TuneSession::Stop() {
  bench_.reset();
  client_.reset();
  return server_->Stop();
}

void TuneSession::Note(const TuneSettings& settings, const std::string& purpose,
                       const RunRecord& run) {
  record_.probes.push_back(ProbeOf(settings, purpose, run, record_.slo));
  const std::string line =
      ProbeLine(record_.probes.back(), absl::ToDoubleSeconds(absl::Now() - start_));
  std::fprintf(stderr, "%s\n", line.c_str());
}

absl::Status TuneSession::MeasureBatches() {
  for (int64_t rows = 1; rows <= largest_batch_; rows *= 2) {
    CONVOY_RETURN_IF_ERROR(MayGoOn());
    BenchFlags flags = load_;
    flags.rows = rows;
    flags.warm_up = kBatchTime / 4;
    CONVOY_ASSIGN_OR_RETURN(const client::Workload workload, MakeWorkload(flags, *client_));
    CONVOY_ASSIGN_OR_RETURN(const auto bench, BenchSession::Create(flags, *client_, workload, 1));
    RunRecord run = bench->Run(PlanClosedLoop(flags, 1, kBatchTime));
    if (run.report.good < kFewestBatches) {
      flags.calls = kFewestBatches;
      run = bench->Run(PlanClosedLoop(flags, 1, absl::Hours(1)));
    }
    if (run.report.good == 0) {
      CONVOY_RETURN_IF_ERROR(MayGoOn());
      return Explain(
          absl::UnavailableError(absl::StrFormat("No call of %d rows is answered.", rows)));
    }
    const absl::Duration median = run.report.response.Percentile(50);
    const bool fits = !record_.slo.has_value() || median <= record_.slo->hardest().limit;
    record_.batches.push_back({rows, absl::ToDoubleMilliseconds(median), fits});
    if (!fits) break;
  }
  return absl::OkStatus();
}

// Calls at a lower rate are too few in a probe for one of them to be the slowest of such a share.
double TuneSession::LowestRate() const {
  return 100 / (100 - record_.slo->hardest().percent) / absl::ToDoubleSeconds(load_.probe_time);
}

// So that half of what the model gives can be judged.
void TuneSession::LengthenProbes(double capacity) {
  const double calls = 100 / (100 - record_.slo->hardest().percent);
  const absl::Duration needed = absl::Seconds(calls / (capacity / 2));
  if (needed <= load_.probe_time) return;
  load_.probe_time = needed;
  std::fprintf(stderr,
               "Probes last %.1f s each: p%g of so slow a model takes as long. A lower percentile "
               "needs fewer calls.\n",
               absl::ToDoubleSeconds(needed), record_.slo->hardest().percent);
}

RunRecord TuneSession::Closed(const TuneSettings& settings, const std::string& purpose) {
  RunRecord run = bench_->Run(PlanClosedLoop(load_, flags_.callers, load_.probe_time));
  if (record_.slo.has_value()) run.goals = client::Evaluate(*record_.slo, run.report);
  Note(settings, purpose, run);
  return run;
}

absl::StatusOr<ProbeVerdict> TuneSession::ProbeAt(const TuneSettings& settings,
                                                  const ProbeRequest& request,
                                                  const std::string& purpose) {
  client::BenchRecord probes;
  absl::StatusOr<ProbeVerdict> verdict = ProbeVerdict::kFailed;
  for (int i = 0; i < kMisses && verdict.ok() && *verdict != ProbeVerdict::kPassed; ++i) {
    CONVOY_RETURN_IF_ERROR(MayGoOn());
    verdict = bench_->RunProbe({.rate = request.rate}, *record_.slo, probes);
    if (probes.runs.empty()) break;
    Note(settings, request.confirm ? "confirmation" : purpose, probes.runs.back());
  }
  if (server_->Poll().has_value()) return Explain(absl::UnavailableError(""));
  return verdict;
}

absl::StatusOr<SearchResult> TuneSession::Probe(const TuneSettings& settings,
                                                const SearchOptions& options,
                                                const std::string& purpose) {
  double passed = 0;
  auto found = client::SearchHighestRate(
      options, [&](const ProbeRequest& request) -> absl::StatusOr<ProbeVerdict> {
        auto verdict = ProbeAt(settings, request, purpose);
        if (verdict.ok() && *verdict == ProbeVerdict::kPassed) {
          passed = std::max(passed, request.rate);
        }
        return verdict;
      });
  // What is known when the time is over counts.
  if (!absl::IsDeadlineExceeded(found.status()) || passed < options.lowest) return found;
  return SearchResult{.rate = passed, .why_ended = "The time was over."};
}

absl::StatusOr<TuneMeasurement> TuneSession::Measure(const TuneSettings& settings, double to_beat) {
  CONVOY_RETURN_IF_ERROR(MayGoOn());
  for (const BatchTime& batch : record_.batches) {
    if (batch.fits || settings.max_batch < batch.rows) continue;
    if (settings.max_batch == record_.current.max_batch) continue;  // measured in any case
    return TuneMeasurement{
        .why = absl::StrFormat("one batch of %d alone takes %.4g ms", batch.rows, batch.median_ms)};
  }
  if (const absl::Status loaded = Load(settings); !loaded.ok()) {
    CONVOY_RETURN_IF_ERROR(MayGoOn());
    if (server_->Poll().has_value() || settings == record_.current) return Explain(loaded);
    return TuneMeasurement{
        .why = absl::StrFormat("the server does not load it: %s", loaded.message())};
  }
  if (!record_.slo.has_value()) return MeasureClosed(settings, to_beat);
  if (to_beat <= 0) return MeasureFirst(settings);
  CONVOY_ASSIGN_OR_RETURN(const SearchResult found, Probe(settings,
                                                          {.start = to_beat,
                                                           .first_step = kStepOfSearch,
                                                           .precision = kPrecisionOfSearch,
                                                           .most_probes = kMostProbes,
                                                           .lowest = to_beat * (1 - 1e-6)},
                                                          "probe"));
  if (found.rate > 0) return TuneMeasurement{.rate = std::max(found.rate, to_beat)};
  const char* const when = found.steps.size() > 1 ? " in its confirmation" : "";
  return TuneMeasurement{
      .why = absl::StrFormat("missed the objective at %s%s", ShownRate(to_beat), when)};
}

// The settings as they are, or others after these have met the objective nowhere.
absl::StatusOr<TuneMeasurement> TuneSession::MeasureFirst(const TuneSettings& settings) {
  SearchOptions options{.precision = kPrecisionOfSearch, .most_probes = kMostProbesFirst};
  if (capacity_ <= 0) {
    const RunRecord run = Closed(settings, "capacity");
    CONVOY_RETURN_IF_ERROR(MayGoOn());
    capacity_ = run.report.CallsPerSecond();
    if (capacity_ <= 0) {
      return Explain(absl::UnavailableError("No call of the closed loop succeeds."));
    }
    LengthenProbes(capacity_);
    options.lowest = LowestRate();
    options.start = std::max(kFirstShare * capacity_, options.lowest);
  } else {
    options.lowest = LowestRate();
    options.start = options.lowest;
  }
  CONVOY_ASSIGN_OR_RETURN(const SearchResult found, Probe(settings, options, "probe"));
  if (found.rate > 0) return TuneMeasurement{.rate = found.rate};
  return TuneMeasurement{
      .why = absl::StrFormat("no rate from %s on meets the objective", ShownRate(options.lowest))};
}

absl::StatusOr<TuneMeasurement> TuneSession::MeasureClosed(const TuneSettings& settings,
                                                           double to_beat) {
  const double rate = Closed(settings, "probe").report.CallsPerSecond();
  CONVOY_RETURN_IF_ERROR(MayGoOn());
  if (rate <= 0) return TuneMeasurement{.why = "no call succeeds"};
  if (rate < to_beat) {
    return TuneMeasurement{
        .why = absl::StrFormat("gives %s of %s", ShownRate(rate), ShownRate(to_beat))};
  }
  const double again = Closed(settings, "confirmation").report.CallsPerSecond();
  CONVOY_RETURN_IF_ERROR(MayGoOn());
  if (again >= to_beat) return TuneMeasurement{.rate = std::min(rate, again)};
  return TuneMeasurement{.why = absl::StrFormat("gives %s of %s in its confirmation",
                                                ShownRate(again), ShownRate(to_beat))};
}

absl::StatusOr<double> TuneSession::MeasureAgain(const TuneSettings& settings, double near,
                                                 const std::string& purpose) {
  CONVOY_RETURN_IF_ERROR(MayGoOn());
  CONVOY_RETURN_IF_ERROR(Explain(Load(settings)));
  if (!record_.slo.has_value()) {
    const double rate = Closed(settings, purpose).report.CallsPerSecond();
    CONVOY_RETURN_IF_ERROR(MayGoOn());
    return rate;
  }
  CONVOY_ASSIGN_OR_RETURN(const SearchResult found, Probe(settings,
                                                          {.start = near,
                                                           .first_step = kStepOfRound,
                                                           .precision = kPrecisionOfRound,
                                                           .most_probes = kMostProbesOfRound,
                                                           .confirmations = 0,
                                                           .lowest = near / 2},
                                                          purpose));
  if (found.rate > 0) return found.rate;
  return found.steps.back().request.rate;  // it is at most that
}

const TuneProbe* TuneSession::FastestProbe() const {
  const auto fastest = std::ranges::min_element(
      record_.probes,
      [](const TuneProbe& a, const TuneProbe& b) { return a.latency_ms < b.latency_ms; });
  return fastest == record_.probes.end() ? nullptr : &*fastest;
}

}  // namespace convoy::cli
