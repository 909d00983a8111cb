#include "cli/profile_others.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "cli/table.h"

namespace convoy::cli {
namespace {

constexpr size_t kColumns = 100;
constexpr size_t kMostNames = 6;  // of layers in a heading

// Layers that run one kernel and leave the others for the same reasons.
struct LayerSet {
  std::vector<std::string> layers;
  std::string kernel;
  std::vector<OtherGroup> others;
};

std::vector<LayerSet> SetsOf(const BatchProfile& profile) {
  std::vector<LayerSet> sets;
  for (const LayerProfile& layer : profile.layers) {
    if (layer.step.others.empty()) continue;
    std::vector<OtherGroup> others = GroupOthers(layer.step.others);
    const auto same = std::ranges::find_if(sets, [&](const LayerSet& set) {
      return set.kernel == layer.step.kernel && set.others == others;
    });
    if (same != sets.end()) {
      same->layers.push_back(layer.step.step);
    } else {
      sets.push_back({{layer.step.step}, layer.step.kernel, std::move(others)});
    }
  }
  return sets;
}

std::string NamesOf(const LayerSet& set) {
  if (set.layers.size() <= kMostNames) return Joined(set.layers);
  const std::vector<std::string> first(set.layers.begin(), set.layers.begin() + kMostNames);
  return absl::StrFormat("%s and %d more", Joined(first), set.layers.size() - kMostNames);
}

// "  reason: kernel, kernel, ..."
std::string GroupText(const OtherGroup& group) {
  std::string text;
  std::string line = absl::StrFormat("  %s:", Printable(group.why));
  for (size_t i = 0; i < group.kernels.size(); ++i) {
    const bool last = i + 1 == group.kernels.size();
    const std::string word = absl::StrFormat(" %s%s", group.kernels[i], last ? "" : ",");
    if (i > 0 && line.size() + word.size() > kColumns) {
      text += line + "\n";
      line = "   ";
    }
    line += word;
  }
  return text + line + "\n";
}

}  // namespace

std::vector<OtherGroup> GroupOthers(std::span<const compute::OtherKernel> others) {
  std::vector<OtherGroup> groups;
  for (const compute::OtherKernel& other : others) {
    const bool timed = other.trial_ms > 0;
    auto group = std::ranges::find(groups, other.why, &OtherGroup::why);
    if (group == groups.end()) {
      group = groups.insert(timed ? groups.begin() : groups.end(), {other.why, {}});
    }
    group->kernels.push_back(timed ? absl::StrFormat("%s %.3g ms", other.kernel, other.trial_ms)
                                   : other.kernel);
  }
  return groups;
}

std::string Joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += text.empty() ? name : ", " + name;
  return text;
}

std::string OthersText(const BatchProfile& profile) {
  std::string text;
  for (const LayerSet& set : SetsOf(profile)) {
    absl::StrAppendFormat(&text, "%s: %s, and not\n", Printable(NamesOf(set)), set.kernel);
    for (const OtherGroup& group : set.others) text += GroupText(group);
  }
  return text.empty() ? "" : text + "\n";
}

}  // namespace convoy::cli
