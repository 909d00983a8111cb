// `convoy health`: the exit code says whether a server is ready; made for HEALTHCHECK and probes.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>

#include "cli/commands.h"
#include "cli/flags.h"
#include "cli/server_flags.h"
#include "client/client.h"

namespace convoy::cli {
namespace {

struct HealthFlags {
  ServerFlags server;
  absl::Duration timeout = absl::Seconds(2);
  bool quiet = false;
};

absl::Status Check(const HealthFlags& flags) {
  const auto client = ConnectTo(flags.server, {.timeout = flags.timeout});
  if (!client.ok()) return client.status();
  return (*client)->CheckHealth({.timeout = flags.timeout});
}

int CheckHealth(const HealthFlags& flags) {
  const absl::Status status = Check(flags);
  if (flags.quiet) return status.ok() ? kExitOk : kExitFailure;
  if (!status.ok()) return Fail(status);
  std::printf("The server at %s is ready.\n", flags.server.url.c_str());
  return kExitOk;
}

}  // namespace

void AddHealthCommand(CLI::App& app, std::function<int()>* run) {
  CLI::App* command = app.add_subcommand(
      "health", "Ask a server whether it is ready: exit code 0 when it is, 1 when not");
  const auto flags = std::make_shared<HealthFlags>();
  AddServerFlags(*command, &flags->server);
  AddDurationFlag(*command, "-t,--timeout", &flags->timeout, "Give up after this time");
  command->add_flag("-q,--quiet", flags->quiet, "Print nothing");
  command->footer(
      "Examples:\n"
      "  convoy health                                    the server of this machine\n"
      "  convoy health -q --url gpu7:8001 --timeout 500ms   for a probe: the exit code alone");
  command->callback([=] { *run = [=] { return CheckHealth(*flags); }; });
}

}  // namespace convoy::cli
