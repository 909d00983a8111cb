#include "cli/tune_session.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "compute/base/status.h"
#include "inference/model_config.pb.h"

namespace convoy::cli {
namespace {

using client::SearchOptions;
using client::SearchResult;

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
// A rate to beat is itself among those that count, whatever rounding makes of it.
constexpr double kRounding = 1e-6;

}  // namespace

absl::StatusOr<std::unique_ptr<TuneSession>> TuneSession::Start(const TuneFlags& flags,
                                                                const TuneTarget& target,
                                                                TuneRecord& record) {
  std::unique_ptr<TuneSession> session(new TuneSession(flags, target, record));
  const std::string& model = target.source.name;
  CONVOY_ASSIGN_OR_RETURN(session->server_, TuneServer::Start(flags, model));
  TuneServer& server = *session->server_;
  CONVOY_RETURN_IF_ERROR(server.Explain(session->LoadFirst()));
  auto probes = TuneProbes::Create(flags, model, server, record);
  if (!probes.ok()) return server.Explain(probes.status());
  session->probes_ = *std::move(probes);
  return session;
}

absl::Status TuneSession::LoadFirst() {
  const absl::Time before = absl::Now();
  CONVOY_RETURN_IF_ERROR(server_->LoadModel(target_.config));
  CONVOY_ASSIGN_OR_RETURN(
      const inference::ModelConfig config,
      server_->client().ConfigOf(target_.source.name, flags_.model.version, {}));
  record_.current = SettingsOf(config);
  record_.several_groups = config.instance_group_size() > 1;
  const int64_t rows = flags_.load.rows;
  if (record_.current.max_batch < rows && rows > 1) {
    return absl::InvalidArgumentError(
        absl::StrFormat("--batch is %d; the model takes 1 to %d rows a call (max_batch_size).",
                        rows, std::max<int64_t>(1, record_.current.max_batch)));
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

absl::StatusOr<models::EditedConfig> TuneSession::ConfigWith(
    const TuneSettings& settings, const std::vector<std::string>& comments) const {
  const bool whole = target_.config.empty();
  return models::EditConfig(target_.config, EditBetween(record_.current, settings, whole),
                            comments);
}

absl::Status TuneSession::Load(const TuneSettings& settings) {
  CONVOY_ASSIGN_OR_RETURN(const models::EditedConfig config, ConfigWith(settings, {}));
  return server_->LoadModel(config.text);
}

absl::Status TuneSession::CheckConfig(const std::string& text) {
  return server_->Explain(server_->LoadModel(text));
}

absl::Status TuneSession::Stop() {
  probes_.reset();
  return server_->Stop();
}

absl::StatusOr<TuneMeasurement> TuneSession::Measure(const TuneSettings& settings, double to_beat) {
  CONVOY_RETURN_IF_ERROR(probes_->MayGoOn());
  for (const BatchTime& batch : record_.batches) {
    if (batch.fits || settings.max_batch < batch.rows) continue;
    if (settings.max_batch == record_.current.max_batch) continue;  // measured in any case
    return TuneMeasurement{
        .why = absl::StrFormat("one batch of %d alone takes %.4g ms", batch.rows, batch.median_ms)};
  }
  if (const absl::Status loaded = Load(settings); !loaded.ok()) {
    CONVOY_RETURN_IF_ERROR(probes_->MayGoOn());
    if (server_->ended() || settings == record_.current) return server_->Explain(loaded);
    return TuneMeasurement{
        .why = absl::StrFormat("the server does not load it: %s", loaded.message())};
  }
  if (!record_.slo.has_value()) return MeasureClosed(settings, to_beat);
  return to_beat > 0 ? MeasureAgainst(settings, to_beat) : MeasureFirst(settings);
}

absl::StatusOr<TuneMeasurement> TuneSession::MeasureAgainst(const TuneSettings& settings,
                                                            double to_beat) {
  const SearchOptions options{.start = to_beat,
                              .first_step = kStepOfSearch,
                              .precision = kPrecisionOfSearch,
                              .most_probes = kMostProbes,
                              .lowest = to_beat * (1 - kRounding)};
  CONVOY_ASSIGN_OR_RETURN(const SearchResult found, probes_->Search(settings, options, "probe"));
  if (found.rate > 0) return TuneMeasurement{.rate = std::max(found.rate, to_beat)};
  const char* const when = found.steps.size() > 1 ? " in its confirmation" : "";
  return TuneMeasurement{
      .why = absl::StrFormat("missed the objective at %s%s", ShownRate(to_beat), when)};
}

// The settings as they are, or others after these have met the objective nowhere.
absl::StatusOr<TuneMeasurement> TuneSession::MeasureFirst(const TuneSettings& settings) {
  SearchOptions options{.precision = kPrecisionOfSearch, .most_probes = kMostProbesFirst};
  if (capacity_ <= 0) {
    CONVOY_ASSIGN_OR_RETURN(capacity_, probes_->RunClosed(settings, "capacity"));
    if (capacity_ <= 0) {
      return server_->Explain(absl::UnavailableError("No call of the closed loop succeeds."));
    }
    probes_->LengthenFor(capacity_);
    options.lowest = probes_->LowestRate();
    options.start = std::max(kFirstShare * capacity_, options.lowest);
  } else {
    options.lowest = probes_->LowestRate();
    options.start = options.lowest;
  }
  CONVOY_ASSIGN_OR_RETURN(const SearchResult found, probes_->Search(settings, options, "probe"));
  if (found.rate > 0) return TuneMeasurement{.rate = found.rate};
  return TuneMeasurement{
      .why = absl::StrFormat("no rate from %s on meets the objective", ShownRate(options.lowest))};
}

absl::StatusOr<TuneMeasurement> TuneSession::MeasureClosed(const TuneSettings& settings,
                                                           double to_beat) {
  CONVOY_ASSIGN_OR_RETURN(const double rate, probes_->RunClosed(settings, "probe"));
  if (server_->ended()) return server_->Explain(absl::UnavailableError("The server has ended."));
  if (rate <= 0) return TuneMeasurement{.why = "no call succeeds"};
  if (rate < to_beat) {
    return TuneMeasurement{
        .why = absl::StrFormat("gives %s of %s", ShownRate(rate), ShownRate(to_beat))};
  }
  CONVOY_ASSIGN_OR_RETURN(const double again, probes_->RunClosed(settings, "confirmation"));
  if (again >= to_beat) return TuneMeasurement{.rate = std::min(rate, again)};
  return TuneMeasurement{.why = absl::StrFormat("gives %s of %s in its confirmation",
                                                ShownRate(again), ShownRate(to_beat))};
}

absl::StatusOr<double> TuneSession::MeasureAgain(const TuneSettings& settings, double near,
                                                 const std::string& purpose) {
  CONVOY_RETURN_IF_ERROR(probes_->MayGoOn());
  CONVOY_RETURN_IF_ERROR(server_->Explain(Load(settings)));
  if (!record_.slo.has_value()) return probes_->RunClosed(settings, purpose);
  const SearchOptions options{.start = near,
                              .first_step = kStepOfRound,
                              .precision = kPrecisionOfRound,
                              .most_probes = kMostProbesOfRound,
                              .confirmations = 0,
                              .lowest = near / 2};
  CONVOY_ASSIGN_OR_RETURN(const SearchResult found, probes_->Search(settings, options, purpose));
  if (found.rate > 0) return found.rate;
  return found.steps.back().request.rate;  // it is at most that
}

}  // namespace convoy::cli
