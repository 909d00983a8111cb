#include "compute/base/log.h"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <string>

#include "absl/strings/str_format.h"
#include "compute/base/log_fields.h"
#include "compute/base/log_settings.h"
#include "compute/base/quote.h"
#include "compute/base/utf8.h"

namespace convoy::compute {
namespace {

spdlog::level::level_enum ToSpdlog(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

constexpr unsigned BitOf(LogLevel level) { return 1U << static_cast<unsigned>(level); }

unsigned BitsOf(const LogSettings& settings) {
  return (settings.verbose_level > 0 ? BitOf(LogLevel::kDebug) : 0) |
         (settings.info ? BitOf(LogLevel::kInfo) : 0) |
         (settings.warning ? BitOf(LogLevel::kWarning) : 0) |
         (settings.error ? BitOf(LogLevel::kError) : 0);
}

void SetPattern(spdlog::logger& logger, LogFormat format) {
  switch (format) {
    case LogFormat::kDefault:
      logger.set_pattern("%^%L%$%m%d %H:%M:%S.%f %t] %v", spdlog::pattern_time_type::utc);
      break;
    case LogFormat::kIso8601:
      logger.set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %^%l%$ %v", spdlog::pattern_time_type::utc);
      break;
    case LogFormat::kJson:
      logger.set_pattern(R"({"ts":"%Y-%m-%dT%H:%M:%S.%fZ","level":"%l","msg":%v})",
                         spdlog::pattern_time_type::utc);
      break;
  }
}

// RFC 8259, section 7. What is no UTF-8 is shown byte by byte.
std::string JsonString(std::string_view text) {
  const bool is_utf8 = IsUtf8(text);
  std::string json = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      json += '\\';
      json += c;
    } else if (byte < 0x20 || (byte >= 0x80 && !is_utf8)) {
      json += absl::StrFormat("\\u%04x", byte);
    } else {
      json += c;
    }
  }
  json += '"';
  return json;
}

std::string_view CutText(std::string_view text) { return text.substr(0, kMaxQuotedBytes); }

bool IsPlainWord(std::string_view text) {
  const auto plain = [](unsigned char c) {
    return c > ' ' && c < 0x7f && c != '\'' && c != '"' && c != '=';
  };
  return !text.empty() && text.size() <= kMaxQuotedBytes && std::ranges::all_of(text, plain);
}

// Beside the message in the line's JSON object.
std::string JsonFields(const LogFieldList& fields) {
  std::string json;
  for (const auto& [key, value] : fields) {
    json += absl::StrFormat(",\"%s\":", key);
    if (const auto* number = std::get_if<int64_t>(&value)) {
      json += absl::StrFormat("%d", *number);
    } else {
      json += JsonString(CutText(std::get<std::string>(value)));
    }
  }
  return json;
}

// A text is in quotes unless it is a plain word.
std::string TextFields(const LogFieldList& fields) {
  std::string text;
  for (const auto& [key, value] : fields) {
    text += absl::StrFormat(" %s=", key);
    if (const auto* number = std::get_if<int64_t>(&value)) {
      text += absl::StrFormat("%d", *number);
      continue;
    }
    const std::string& word = std::get<std::string>(value);
    text += IsPlainWord(word) ? word : Quote(word);
  }
  return text;
}

class Log {
 public:
  Log() : logger_("convoy", std::make_shared<spdlog::sinks::stderr_color_sink_mt>()) {
    logger_.set_level(spdlog::level::debug);  // bits_ decides
    SetPattern(logger_, settings_.format);
  }

  void Write(LogLevel level, std::string_view line, const LogFieldList& fields = {}) {
    if ((bits_ & BitOf(level)) == 0) return;
    if (json_) {
      logger_.log(ToSpdlog(level), "{}{}", JsonString(line), JsonFields(fields));
    } else {
      logger_.log(ToSpdlog(level), "{}{}", line, TextFields(fields));
    }
  }

  LogSettings settings() {
    const std::lock_guard lock(mutex_);
    return settings_;
  }

  void Change(const LogSettings& settings) {
    const std::lock_guard lock(mutex_);
    if (settings.format != settings_.format) SetPattern(logger_, settings.format);
    settings_ = settings;
    json_ = settings.format == LogFormat::kJson;
    bits_ = BitsOf(settings);
  }

 private:
  spdlog::logger logger_;
  std::mutex mutex_;  // guards settings_
  LogSettings settings_;
  std::atomic<bool> json_ = false;
  std::atomic<unsigned> bits_ = BitsOf(LogSettings{});  // of the levels that are written
};

Log& TheLog() {
  static Log log;
  return log;
}

}  // namespace

void SetLogLevel(LogLevel level) {
  LogSettings settings = GetLogSettings();
  settings.verbose_level = level <= LogLevel::kDebug ? 1 : 0;
  settings.info = level <= LogLevel::kInfo;
  settings.warning = level <= LogLevel::kWarning;
  settings.error = true;
  ChangeLogSettings(settings);
}

void LogLine(LogLevel level, std::string_view line) { TheLog().Write(level, line); }

void LogFields(LogLevel level, std::string_view message, const LogFieldList& fields) {
  TheLog().Write(level, message, fields);
}

LogSettings GetLogSettings() { return TheLog().settings(); }

void ChangeLogSettings(const LogSettings& settings) { TheLog().Change(settings); }

}  // namespace convoy::compute
