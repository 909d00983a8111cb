// An empty cache folder for one scope, in place of the one that the environment names.
//
//   const CacheFolder cache("convoy_tuning_test");
//   ... devices keep kernel verdicts, tune files and pipelines in cache.convoy() ...
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>

#include "absl/strings/str_format.h"
#include "gtest/gtest.h"

namespace convoy::testing {

class CacheFolder {
 public:
  explicit CacheFolder(const std::string& name)
      : folder_(std::filesystem::path(::testing::TempDir()) /
                absl::StrFormat("%s.%d", name, getpid())) {
    if (const char* before = std::getenv(kVariable)) before_ = before;
    std::filesystem::remove_all(folder_);
    setenv(kVariable, folder_.c_str(), 1);
  }
  ~CacheFolder() {
    if (before_.has_value()) {
      setenv(kVariable, before_->c_str(), 1);
    } else {
      unsetenv(kVariable);
    }
    std::filesystem::remove_all(folder_);
  }
  CacheFolder(const CacheFolder&) = delete;
  CacheFolder& operator=(const CacheFolder&) = delete;

  std::filesystem::path convoy() const { return folder_ / "convoy"; }

  // The only file whose name begins so; empty where there is none.
  std::filesystem::path Find(const std::string& prefix) const {
    if (!std::filesystem::exists(convoy())) return {};
    for (const auto& file : std::filesystem::directory_iterator(convoy())) {
      if (file.path().filename().string().starts_with(prefix)) return file.path();
    }
    return {};
  }

 private:
  static constexpr char kVariable[] = "XDG_CACHE_HOME";

  std::filesystem::path folder_;
  std::optional<std::string> before_;
};

}  // namespace convoy::testing
