#include "server/banner.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "absl/time/time.h"

namespace convoy::server {
namespace {

constexpr size_t kMaxModelLines = 6;
constexpr size_t kMaxFailureLines = 3;
constexpr double kMebibyte = 1024.0 * 1024.0;

std::string ModelLine(const LoadedVersion& model) {
  std::string buckets;
  for (const int64_t bucket : model.report.buckets) {
    buckets += absl::StrFormat("%s%d", buckets.empty() ? "" : ",", bucket);
  }
  return absl::StrFormat("  %-24s version %-3d buckets %-14s weights %7.1f MiB  loaded in %.2f s\n",
                         model.source.name, model.source.version, buckets,
                         static_cast<double>(model.report.weight_bytes) / kMebibyte,
                         absl::ToDoubleSeconds(model.report.total));
}

std::string NameOf(const VersionListing& listing) {
  return listing.version == kNoVersion
             ? listing.name
             : absl::StrFormat("%s version %d", listing.name, listing.version);
}

std::string ModelLines(const LoadResult& models) {
  std::string lines;
  const size_t shown = std::min(models.loaded.size(), kMaxModelLines);
  for (size_t i = 0; i < shown; ++i) lines += ModelLine(models.loaded[i]);
  if (shown < models.loaded.size()) {
    lines += absl::StrFormat("  and %d more\n", models.loaded.size() - shown);
  }
  const size_t failures = std::min(models.failed.size(), kMaxFailureLines);
  for (size_t i = 0; i < failures; ++i) {
    const VersionListing& failed = models.failed[i];
    lines += absl::StrFormat("  FAILED %s: %s\n", NameOf(failed), failed.reason);
  }
  if (failures < models.failed.size()) {
    lines += absl::StrFormat("  FAILED %d more\n", models.failed.size() - failures);
  }
  return lines;
}

// A model that takes images if there is one: its call needs nothing but a picture.
std::string TryLine(const BannerFacts& facts) {
  const auto& loaded = facts.models.loaded;
  if (loaded.empty()) return "";
  const auto image = std::find_if(loaded.begin(), loaded.end(),
                                  [](const LoadedVersion& each) { return each.takes_images; });
  const bool found = image != loaded.end();
  const LoadedVersion& model = found ? *image : loaded.front();
  const std::string url = absl::StrFormat("localhost:%d", facts.grpc_port);
  return found ? absl::StrFormat("try:     convoy classify --url %s -m %s IMAGE\n", url,
                                 model.source.name)
               : absl::StrFormat("try:     convoy bench --url %s -m %s --random\n", url,
                                 model.source.name);
}

}  // namespace

std::string RenderBanner(const BannerFacts& facts) {
  std::string banner =
      absl::StrFormat("convoy %s on %s, %s%s\n", facts.version, facts.device.id, facts.device.name,
                      facts.device.kind == compute::DeviceKind::kVulkan && facts.device.software
                          ? " (a software driver: the cpu device is faster)"
                          : "");
  banner += ModelLines(facts.models);
  banner += absl::StrFormat("gRPC:    %s:%d\n", facts.host, facts.grpc_port);
  if (facts.metrics_port != 0) {
    banner += absl::StrFormat("metrics: http://%s:%d/metrics\n", facts.host, facts.metrics_port);
  }
  return banner + TryLine(facts);
}

}  // namespace convoy::server
