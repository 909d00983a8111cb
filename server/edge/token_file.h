// The bearer tokens of a file that may change while the server runs, so that a token is replaced
// without a restart: write the new one beside the old one, move the clients, take the old one out.
//
//   CONVOY_ASSIGN_OR_RETURN(auto tokens, TokenFile::Open(path, clock));
//   std::shared_ptr<const std::vector<std::string>> now = tokens->Tokens();
//
// Thread-safe. `clock` must outlive it.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "compute/base/clock.h"

namespace convoy::server {

class TokenFile {
 public:
  using TokenList = std::shared_ptr<const std::vector<std::string>>;

  // How often the file is looked at, at most.
  static constexpr absl::Duration kInterval = absl::Seconds(1);

  // Errors as those of ReadSmallFile and ParseTokens, with the path.
  static absl::StatusOr<std::unique_ptr<TokenFile>> Open(const std::string& path,
                                                         const compute::Clock& clock);

  // Those of the file as it was a moment ago. When it has become unreadable or malformed, the last
  // good ones, and the log says so once.
  TokenList Tokens();

 private:
  TokenFile(std::string path, const compute::Clock& clock)
      : path_(std::move(path)), clock_(clock) {}
  absl::Status Read();

  const std::string path_;
  const compute::Clock& clock_;

  std::mutex mutex_;  // guards what follows
  absl::Time looked_ = absl::InfinitePast();
  std::filesystem::file_time_type changed_;
  TokenList tokens_;
};

}  // namespace convoy::server
