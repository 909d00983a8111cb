#include "cli/tune_server.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>
#include <vector>

#include "absl/strings/str_split.h"
#include "cli/bench_session.h"
#include "cli/table.h"
#include "compute/base/status.h"

namespace convoy::cli {
namespace {

// A model's first load tries kernels, on a software driver for minutes.
constexpr absl::Duration kLongestLoad = absl::Minutes(30);
constexpr size_t kLastWords = 5;  // lines of the server's log

// A file whose name is gone at once: whatever ends this program, nothing stays behind.
absl::StatusOr<int> OpenNamelessFile() {
  std::error_code error;
  const std::filesystem::path folder = std::filesystem::temp_directory_path(error);
  std::string path = ((error ? "/tmp" : folder) / "convoy-tune-XXXXXX").string();
  const int file_fd = mkostemp(path.data(), O_CLOEXEC);
  if (file_fd < 0) {
    return absl::UnavailableError(absl::StrFormat(
        "No file for the server's log can be made as '%s': %s; TMPDIR names another folder.", path,
        std::strerror(errno)));
  }
  unlink(path.c_str());
  return file_fd;
}

// Where this process, and before its exec a child of it, finds an open file.
std::string PathOf(int file_fd) { return absl::StrFormat("/proc/self/fd/%d", file_fd); }

// Each after "; ", since messages are one line.
std::string LastLines(int log_fd) {
  std::ifstream file(PathOf(log_fd));
  const std::string text(std::istreambuf_iterator<char>(file), {});
  const std::vector<std::string> lines = absl::StrSplit(text, '\n', absl::SkipWhitespace());
  if (lines.empty()) return "nothing";
  std::string last;
  for (size_t i = lines.size() - std::min(kLastWords, lines.size()); i < lines.size(); ++i) {
    last += (last.empty() ? "" : "; ") + Printable(lines[i]);
  }
  return last;
}

}  // namespace

absl::Status CheckInterrupt() {
  if (BenchSignal() == 0) return absl::OkStatus();
  return absl::CancelledError("The search was interrupted.");
}

TuneServer::TuneServer(std::string name, int log_fd) : name_(std::move(name)), log_fd_(log_fd) {}

TuneServer::~TuneServer() { close(log_fd_); }

absl::StatusOr<std::unique_ptr<TuneServer>> TuneServer::Start(const TuneFlags& flags,
                                                              const std::string& name) {
  CONVOY_ASSIGN_OR_RETURN(const int log_fd, OpenNamelessFile());
  std::unique_ptr<TuneServer> server(new TuneServer(name, log_fd));
  auto process = ServeChild::Start(
      {"--device", flags.device, "--threads", std::to_string(flags.threads), "--tune", flags.tune,
       "--model-control-mode", "explicit", "--lame-duck-seconds", "0",
       "--model-repository=" + flags.model.FromArguments().repository},
      PathOf(log_fd), [] { return BenchSignal() != 0; });
  if (!process.ok()) {
    return absl::Status(process.status().code(),
                        absl::StrFormat("%s Its last words are: %s", process.status().message(),
                                        LastLines(log_fd)));
  }
  server->process_ = *std::move(process);
  CONVOY_ASSIGN_OR_RETURN(server->client_, client::Client::Connect(server->url(), {}));
  return server;
}

absl::Status TuneServer::LoadModel(const std::string& config) {
  return client_->LoadModel(name_, config, {.timeout = kLongestLoad});
}

absl::Status TuneServer::Explain(const absl::Status& status) {
  if (status.ok()) return status;
  CONVOY_RETURN_IF_ERROR(CheckInterrupt());
  const std::optional<int> code = process_->Poll();
  if (!code.has_value()) return status;
  return absl::UnavailableError(absl::StrFormat(
      "The server has ended with exit code %d; its last words are: %s", *code, LastLines(log_fd_)));
}

absl::Status TuneServer::Stop() {
  client_.reset();
  return process_->Stop();
}

}  // namespace convoy::cli
