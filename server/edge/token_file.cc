#include "server/edge/token_file.h"

#include <utility>

#include "absl/strings/str_format.h"
#include "compute/base/log.h"
#include "compute/base/small_file.h"
#include "compute/base/status.h"
#include "server/edge/access_rules.h"

namespace convoy::server {

absl::Status TokenFile::Read() {
  CONVOY_ASSIGN_OR_RETURN(const std::string text, compute::ReadSmallFile(path_));
  auto tokens = ParseTokens(text);
  if (!tokens.ok()) {
    return compute::WithContext(tokens.status(), absl::StrFormat("in the token file '%s'", path_));
  }
  tokens_ = std::make_shared<const std::vector<std::string>>(*std::move(tokens));
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<TokenFile>> TokenFile::Open(const std::string& path,
                                                           const compute::Clock& clock) {
  std::unique_ptr<TokenFile> file(new TokenFile(path, clock));
  std::error_code ignored;  // a file that cannot be read is Read's error
  file->changed_ = std::filesystem::last_write_time(path, ignored);
  file->looked_ = clock.Now();
  CONVOY_RETURN_IF_ERROR(file->Read());
  return file;
}

TokenFile::TokenList TokenFile::Tokens() {
  const std::lock_guard lock(mutex_);
  const absl::Time now = clock_.Now();
  if (now - looked_ < kInterval) return tokens_;
  looked_ = now;
  std::error_code error;
  const auto changed = std::filesystem::last_write_time(path_, error);
  if (changed == changed_) return tokens_;
  changed_ = changed;
  if (const absl::Status status = Read(); !status.ok()) {
    compute::LogWarning("the tokens stay as they were: %s", status.message());
  }
  return tokens_;
}

}  // namespace convoy::server
