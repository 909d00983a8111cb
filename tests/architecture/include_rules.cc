#include "tests/architecture/include_rules.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <regex>
#include <set>
#include <sstream>

namespace convoy::architecture {
namespace {

std::vector<std::string> Words(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

// Whether `path` lies in folder `place`, or ends in it.
bool Covers(const std::string& place, const std::string& path) {
  return path == place || path.starts_with(place + "/") || path.ends_with(place);
}

bool CoversAny(const std::vector<std::string>& places, const std::string& path) {
  return std::ranges::any_of(places, [&](const std::string& place) { return Covers(place, path); });
}

// The layer with the longest folder that holds `path`; nullptr when none does.
const std::pair<const std::string, std::vector<std::string>>* LayerOf(const Rules& rules,
                                                                      const std::string& path) {
  const std::pair<const std::string, std::vector<std::string>>* best = nullptr;
  for (const auto& layer : rules.layers) {
    if (!path.starts_with(layer.first + "/")) continue;
    if (best == nullptr || layer.first.size() > best->first.size()) best = &layer;
  }
  return best;
}

bool MayIncludeOwn(const Rules& rules, const std::string& path, const std::string& header) {
  const auto* layer = LayerOf(rules, path);
  if (layer == nullptr) return false;
  const auto* other = LayerOf(rules, header);
  if (other != nullptr && other->first == layer->first) return true;
  if (CoversAny(layer->second, header)) return true;
  return std::ranges::any_of(rules.files, [&](const auto& file) {
    return path.ends_with(file.first) && CoversAny(file.second, header);
  });
}

}  // namespace

Rules ParseRules(std::string_view text) {
  Rules rules;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line.front() == '#') continue;
    const size_t space = line.find(' ');
    const size_t colon = line.find(':');
    if (space == std::string::npos || colon == std::string::npos || colon < space) {
      std::fprintf(stderr, "layers.txt: this line is no rule: %s\n", line.c_str());
      std::abort();
    }
    const std::string kind = line.substr(0, space);
    const std::vector<std::string> left = Words(line.substr(space, colon - space));
    const std::vector<std::string> right = Words(line.substr(colon + 1));
    if (kind == "layer") {
      rules.layers[left.at(0)] = right;
    } else if (kind == "file") {
      rules.files[left.at(0)] = right;
    } else if (kind == "door") {
      rules.doors.emplace_back(left, right);
    } else {
      std::fprintf(stderr, "layers.txt: unknown rule '%s'\n", kind.c_str());
      std::abort();
    }
  }
  return rules;
}

std::vector<Include> IncludesOf(std::string_view source) {
  static const std::regex kInclude(R"re(^\s*#\s*include\s*([<"])([^>"]+)[>"])re");
  std::vector<Include> includes;
  std::istringstream lines{std::string(source)};
  for (std::string line; std::getline(lines, line);) {
    std::smatch match;
    if (std::regex_search(line, match, kInclude)) {
      includes.push_back({match[2].str(), match[1].str() == "\""});
    }
  }
  return includes;
}

std::vector<std::string> CheckFile(const Rules& rules, const std::string& path,
                                   const std::vector<Include>& includes) {
  static const std::set<std::string> kTop = {"compute", "models", "server",
                                             "client",  "cli",    "proto"};
  std::vector<std::string> violations;
  if (LayerOf(rules, path) == nullptr) violations.push_back(path + " lies in no layer");
  for (const Include& include : includes) {
    const std::string top = include.header.substr(0, include.header.find('/'));
    if (kTop.contains(top) && !MayIncludeOwn(rules, path, include.header)) {
      violations.push_back(path + " may not include " + include.header);
    }
    for (const auto& [headers, places] : rules.doors) {
      const bool guarded = std::ranges::any_of(
          headers, [&](const std::string& prefix) { return include.header.starts_with(prefix); });
      if (guarded && !CoversAny(places, path)) {
        violations.push_back(path + " is not a door for " + include.header);
      }
    }
  }
  return violations;
}

std::string FindCycle(const Rules& rules) {
  std::vector<std::string> trail;
  std::set<std::string> done;
  std::function<std::string(const std::string&)> visit = [&](const std::string& layer) {
    const auto seen = std::ranges::find(trail, layer);
    if (seen != trail.end()) {
      std::string cycle;
      for (auto it = seen; it != trail.end(); ++it) cycle += *it + " -> ";
      return cycle + layer;
    }
    if (done.contains(layer) || !rules.layers.contains(layer)) return std::string();
    trail.push_back(layer);
    for (const std::string& next : rules.layers.at(layer)) {
      if (std::string cycle = visit(next); !cycle.empty()) return cycle;
    }
    trail.pop_back();
    done.insert(layer);
    return std::string();
  };
  for (const auto& [layer, unused] : rules.layers) {
    if (std::string cycle = visit(layer); !cycle.empty()) return cycle;
  }
  return "";
}

}  // namespace convoy::architecture
