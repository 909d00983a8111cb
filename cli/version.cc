// `convoy version`: what this program is built of.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "cli/build_facts.h"
#include "cli/commands.h"

namespace convoy::cli {
namespace {

std::vector<std::pair<std::string, std::string>> Facts() {
  const std::string sanitizers = kSanitizers;
  return {
      {"version", kVersion},
      {"build", std::string(kBuildType) + (sanitizers.empty() ? "" : " with " + sanitizers)},
      {"compiler", kCompiler},
      {"vulkan", std::string(kVulkan) == "ON" ? "yes" : "no"},
      {"onednn", kOneDnnVersion},
      {"grpc", kGrpcVersion},
      {"protobuf", kProtobufVersion},
      {"turbojpeg", kTurboJpegVersion},
      {"spng", kSpngVersion},
  };
}

int PrintVersion(bool json) {
  if (json) {
    nlohmann::ordered_json object;
    for (const auto& [name, value] : Facts()) object[name] = value;
    std::printf("%s\n", object.dump(2).c_str());
    return kExitOk;
  }
  std::printf("convoy %s\n", kVersion);
  for (const auto& [name, value] : Facts()) {
    if (name != "version") std::printf("  %-10s %s\n", name.c_str(), value.c_str());
  }
  return kExitOk;
}

}  // namespace

void AddVersionCommand(CLI::App& app, std::function<int()>* run) {
  CLI::App* command = app.add_subcommand("version", "Print the version and what it is built of");
  const auto json = std::make_shared<bool>(false);
  command->add_flag("--json", *json, "Print JSON");
  command->footer(
      "Examples:\n"
      "  convoy version --json | jq -r .onednn      what a bug report should name");
  command->callback([=] { *run = [=] { return PrintVersion(*json); }; });
}

}  // namespace convoy::cli
