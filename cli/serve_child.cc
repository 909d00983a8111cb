#include "cli/serve_child.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

#include "absl/time/clock.h"
#include "client/client.h"
#include "compute/base/status.h"
#include "server/options.h"

namespace convoy::cli {
namespace {

// A first start on a slow machine compiles and tests every Vulkan kernel.
constexpr absl::Duration kLongestStart = absl::Minutes(5);
constexpr absl::Duration kLongestStop = absl::Seconds(40);
constexpr absl::Duration kAskEvery = absl::Milliseconds(100);

// The settings that say how a device computes. Not those of batching: a config that is tuned must
// not lean on a default that its own server may not have.
constexpr std::string_view kDeviceSettings[] = {
    "device",    "allow-cpu-fallback", "vulkan-kernel", "cpu-winograd", "tune",
    "precision", "batch-invariant",    "threads",       "lanes",        "largest-batch"};

// A port that nobody listens on now. Someone may take it before the server does; the server then
// says so.
absl::StatusOr<int> FreePort() {
  const int socket_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket_fd < 0) return absl::InternalError("No socket can be opened.");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  const bool found = bind(socket_fd, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                     getsockname(socket_fd, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  close(socket_fd);
  if (!found) return absl::InternalError("No free port can be found on 127.0.0.1.");
  return ntohs(address.sin_port);
}

bool IsOfAServerAlone(std::string_view variable) {
  const std::string_view name = variable.substr(0, variable.find('='));
  return std::ranges::any_of(server::Settings(), [&](const server::Setting& setting) {
    return server::EnvironmentName(setting) == name &&
           std::ranges::find(kDeviceSettings, setting.name) == std::end(kDeviceSettings);
  });
}

std::vector<std::string> OwnEnvironment() {
  std::vector<std::string> variables;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    variables.emplace_back(*variable);
  }
  return variables;
}

}  // namespace

std::vector<std::string> EnvironmentForChild(const std::vector<std::string>& environment) {
  std::vector<std::string> kept;
  std::ranges::remove_copy_if(environment, std::back_inserter(kept), IsOfAServerAlone);
  return kept;
}

ServeChild::ServeChild(std::unique_ptr<ChildProcess> process, std::string url)
    : process_(std::move(process)), url_(std::move(url)) {}

absl::StatusOr<std::unique_ptr<ServeChild>> ServeChild::Start(
    const std::vector<std::string>& arguments, const std::string& log_path,
    const std::function<bool()>& stop) {
  CONVOY_ASSIGN_OR_RETURN(const std::string program, OwnPath());
  CONVOY_ASSIGN_OR_RETURN(const int port, FreePort());
  std::vector<std::string> command = {
      program,          "serve", "--host",      "127.0.0.1",
      "--metrics-port", "0",     "--grpc-port", std::to_string(port)};
  command.insert(command.end(), arguments.begin(), arguments.end());
  CONVOY_ASSIGN_OR_RETURN(
      std::unique_ptr<ChildProcess> process,
      ChildProcess::Start(command, {log_path, EnvironmentForChild(OwnEnvironment())}));
  std::unique_ptr<ServeChild> server(
      new ServeChild(std::move(process), absl::StrFormat("127.0.0.1:%d", port)));
  CONVOY_RETURN_IF_ERROR(server->AwaitReady(stop));
  return server;
}

absl::Status ServeChild::AwaitReady(const std::function<bool()>& stop) {
  const absl::Time deadline = absl::Now() + kLongestStart;
  while (absl::Now() < deadline) {
    if (stop && stop()) return absl::CancelledError("The start of the server was interrupted.");
    if (const std::optional<int> code = process_->Poll(); code.has_value()) {
      return absl::UnavailableError(
          absl::StrFormat("The server ends with exit code %d before it is ready.", *code));
    }
    const auto client = client::Client::Connect(url_, {.timeout = absl::Seconds(1)});
    if (client.ok() && (*client)->CheckHealth({.timeout = absl::Seconds(1)}).ok()) {
      return absl::OkStatus();
    }
    absl::SleepFor(kAskEvery);
  }
  return absl::DeadlineExceededError(
      absl::StrFormat("The server is not ready within %s.", absl::FormatDuration(kLongestStart)));
}

absl::Status ServeChild::Stop() {
  CONVOY_ASSIGN_OR_RETURN(const int code, process_->Terminate(kLongestStop));
  if (code == 0) return absl::OkStatus();
  return absl::InternalError(
      absl::StrFormat("The server ends with exit code %d after SIGTERM; it must be 0.", code));
}

}  // namespace convoy::cli
