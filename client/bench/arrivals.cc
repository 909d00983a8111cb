#include "client/bench/arrivals.h"

#include <cmath>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace convoy::client {
namespace {

constexpr double kLeastVariation = 0.1;
constexpr double kMostVariation = 20;

// Calls `take` with each number of the text and the line it stands on.
template <typename Take>
absl::Status ForEachNumber(std::string_view text, const Take& take) {
  int line_number = 0;
  for (absl::string_view line : absl::StrSplit(absl::string_view(text.data(), text.size()), '\n')) {
    ++line_number;
    line = absl::StripAsciiWhitespace(line.substr(0, line.find('#')));
    if (line.empty()) continue;
    double number = 0;
    if (!absl::SimpleAtod(line, &number) || !std::isfinite(number) || number < 0) {
      return absl::InvalidArgumentError(
          absl::StrFormat("Line %d is '%s', not a number from 0 on.", line_number, line));
    }
    const absl::Status status = take(number, line_number);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status NoTimes() {
  return absl::InvalidArgumentError("The file holds no time; a plan has at least one.");
}

}  // namespace

absl::StatusOr<ArrivalOptions> ParseArrivals(std::string_view text) {
  const absl::string_view word(text.data(), text.size());
  if (word == "constant") return ArrivalOptions{.process = ArrivalProcess::kConstant};
  if (word == "poisson") return ArrivalOptions{.process = ArrivalProcess::kPoisson};
  ArrivalOptions options{.process = ArrivalProcess::kGamma};
  absl::string_view number = word;
  if (absl::ConsumePrefix(&number, "gamma:") && absl::SimpleAtod(number, &options.variation) &&
      options.variation >= kLeastVariation && options.variation <= kMostVariation) {
    return options;
  }
  return absl::InvalidArgumentError(
      absl::StrFormat("'%s' is none of constant, poisson and gamma:CV with CV in %g..%g.", word,
                      kLeastVariation, kMostVariation));
}

std::string ToString(const ArrivalOptions& options) {
  switch (options.process) {
    case ArrivalProcess::kConstant:
      return "constant";
    case ArrivalProcess::kPoisson:
      return "poisson";
    case ArrivalProcess::kGamma:
      break;
  }
  return absl::StrFormat("gamma:%g", options.variation);
}

Arrivals Arrivals::OfCurve(RateCurve curve, const ArrivalOptions& options) {
  Arrivals arrivals;
  arrivals.end_ = curve.length();
  arrivals.curve_ = std::move(curve);
  arrivals.options_ = options;
  arrivals.random_.seed(options.seed);
  // The first call of an even spacing is due at once; of a random one after its first gap.
  if (options.process != ArrivalProcess::kConstant) arrivals.calls_ = arrivals.Gap();
  return arrivals;
}

Arrivals Arrivals::OfTimes(std::vector<absl::Duration> times, absl::Duration end,
                           std::optional<absl::Duration> period) {
  Arrivals arrivals;
  arrivals.times_ = std::move(times);
  arrivals.end_ = end;
  arrivals.period_ = period;
  return arrivals;
}

double Arrivals::Gap() {
  switch (options_.process) {
    case ArrivalProcess::kConstant:
      return 1;
    case ArrivalProcess::kPoisson: {
      // 53 random bits are a uniform number in [0, 1).
      const double uniform = static_cast<double>(random_() >> 11U) * 0x1p-53;
      return -std::log1p(-uniform);
    }
    case ArrivalProcess::kGamma:
      break;
  }
  const double shape = 1 / (options_.variation * options_.variation);
  return std::gamma_distribution<double>(shape, 1 / shape)(random_);
}

std::optional<absl::Duration> Arrivals::Next() {
  if (!curve_.has_value()) return NextRecorded();
  const absl::Duration due = curve_->TimeOf(calls_);
  if (due >= end_) return std::nullopt;
  calls_ += Gap();
  return due;
}

std::optional<absl::Duration> Arrivals::NextRecorded() {
  if (index_ == times_.size()) {
    if (!period_.has_value() || *period_ <= absl::ZeroDuration()) return std::nullopt;
    offset_ += *period_;
    index_ = 0;
  }
  const absl::Duration due = offset_ + times_[index_];
  if (due > end_) return std::nullopt;
  ++index_;
  return due;
}

absl::StatusOr<std::vector<absl::Duration>> ParseTimestamps(std::string_view text) {
  std::vector<absl::Duration> times;
  double first = 0;
  double last = 0;
  const absl::Status status = ForEachNumber(text, [&](double seconds, int line) -> absl::Status {
    if (times.empty()) first = last = seconds;
    if (seconds < last) {
      return absl::InvalidArgumentError(
          absl::StrFormat("Line %d is %g, before the %g above it.", line, seconds, last));
    }
    last = seconds;
    times.push_back(absl::Seconds(seconds - first));
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  if (times.empty()) return NoTimes();
  return times;
}

absl::StatusOr<std::vector<absl::Duration>> ParseIntervals(std::string_view text) {
  std::vector<absl::Duration> times;
  absl::Duration now;
  const absl::Status status = ForEachNumber(text, [&](double microseconds, int) {
    now += absl::Microseconds(microseconds);
    times.push_back(now);
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  if (times.empty() || now == absl::ZeroDuration()) return NoTimes();
  return times;
}

}  // namespace convoy::client
