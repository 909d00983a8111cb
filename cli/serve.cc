#include "server/serve.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/print_config.h"
#include "compute/base/status.h"
#include "server/options.h"
#include "server/triton_flags.h"

namespace convoy::cli {
namespace {

constexpr char kExamples[] =
    "Examples:\n"
    "  convoy serve models                         every model below models/\n"
    "  convoy serve resnet50.onnx --device cpu     one file\n"
    "  convoy serve models --grpc-port 9001        elsewhere than on port 8001\n";

// What the command line gave; lives as long as the parse and the run.
struct ServeArguments {
  std::vector<std::string> paths;
  server::GivenSettings settings;
  server::GivenSettings triton;  // by tritonserver's names
  bool print_config = false;
};

absl::StatusOr<server::ServerOptions> OptionsOf(const ServeArguments& arguments) {
  server::GivenSettings settings = arguments.settings;
  CONVOY_RETURN_IF_ERROR(server::TakeTritonFlags(arguments.triton, settings));
  return server::ResolveOptions(arguments.paths, settings, &server::ReadEnvironment);
}

int Refuse(const absl::Status& status) {
  std::fprintf(stderr, "convoy serve: %s\n", std::string(status.message()).c_str());
  return kExitUsage;
}

int PrintConfig(const ServeArguments& arguments) {
  const auto text =
      RenderConfig(arguments.paths, arguments.settings, arguments.triton, &server::ReadEnvironment);
  if (!text.ok()) return Refuse(text.status());
  std::fputs(text->c_str(), stdout);
  return kExitOk;
}

int RunServe(const ServeArguments& arguments) {
  if (arguments.print_config) return PrintConfig(arguments);
  const auto options = OptionsOf(arguments);
  if (!options.ok()) return Refuse(options.status());
  return server::Serve(*options);
}

void AddSetting(CLI::App& command, const server::Setting& setting,
                std::vector<std::string>& values) {
  std::string help(setting.meaning);
  const std::string value = setting.get({});
  if (!value.empty()) help += " [" + value + "]";
  CLI::Option* option = command.add_option("--" + std::string(setting.name), values, help)
                            ->type_name(std::string(setting.value_name));
  if (!setting.repeatable) {
    option->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  }
  if (setting.rare) option->group("");  // hidden from --help
  option->allow_extra_args(false);      // one value a flag: what follows is a PATH
}

// Hidden: docs/configuration.md lists them.
void AddTritonFlag(CLI::App& command, const server::TritonFlag& flag,
                   std::vector<std::string>& values) {
  command.add_option("--" + std::string(flag.name), values)->group("")->allow_extra_args(false);
}

}  // namespace

void AddServeCommand(CLI::App& app, std::function<int()>* run) {
  CLI::App* command = app.add_subcommand("serve", "Serve models over gRPC");
  auto arguments = std::make_shared<ServeArguments>();
  command->add_option("PATH", arguments->paths,
                      "Model repositories, model directories or .onnx files");
  for (const server::Setting& setting : server::Settings()) {
    AddSetting(*command, setting, arguments->settings[std::string(setting.name)]);
  }
  command->add_flag("--print-config", arguments->print_config,
                    "Print every setting, its value and where that comes from, and end");
  for (const server::TritonFlag& flag : server::TritonFlags()) {
    AddTritonFlag(*command, flag, arguments->triton[std::string(flag.name)]);
  }
  command->footer(
      std::string(kExamples) +
      "Every flag is also an environment variable: --grpc-port is CONVOY_GRPC_PORT."
      "\nMore flags (TLS of clients, limits, keepalive, experiments): convoy docs configuration");
  command->callback([arguments, run] { *run = [arguments] { return RunServe(*arguments); }; });
}

}  // namespace convoy::cli
