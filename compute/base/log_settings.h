// What the log writes and how, to be read and changed while the program runs: finer than
// SetLogLevel of log.h, which sets all of it but the format. Thread-safe.
//
//   LogSettings settings = GetLogSettings();
//   settings.info = false;
//   ChangeLogSettings(settings);
#pragma once

#include <cstdint>

namespace convoy::compute {

enum class LogFormat {
  kDefault,  // I1125 09:46:59.123456 4711] text
  kIso8601,  // 2026-11-25T09:46:59.123Z info text
  kJson,     // {"ts":"2026-11-25T09:46:59.123456Z","level":"info","msg":"text"}
};

struct LogSettings {
  bool info = true;
  bool warning = true;
  bool error = true;
  uint32_t verbose_level = 0;  // above 0 the lines of LogDebug are written as well
  LogFormat format = LogFormat::kIso8601;

  friend bool operator==(const LogSettings&, const LogSettings&) = default;
};

LogSettings GetLogSettings();

// Lines that other threads write meanwhile may still go by the former settings.
void ChangeLogSettings(const LogSettings& settings);

}  // namespace convoy::compute
