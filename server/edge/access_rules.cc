#include "server/edge/access_rules.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <sstream>

#include "absl/strings/str_format.h"
#include "compute/base/status.h"

namespace convoy::server {
namespace {

constexpr size_t kMinTokenLength = 16;
constexpr size_t kMaxTokenLength = 4096;
constexpr std::string_view kHealthService = "/grpc.health.v1.Health/";
constexpr std::string_view kHeaderPrefix = "triton-grpc-protocol-";
constexpr std::string_view kBearer = "Bearer ";

constexpr std::array<std::string_view, 9> kGroups = {
    "health",           "metadata",      "inference", "model-config", "statistics",
    "model-repository", "shared-memory", "trace",     "logging"};

struct MethodGroup {
  std::string_view method;
  std::string_view group;
};

constexpr MethodGroup kMethods[] = {
    {"ServerLive", "health"},
    {"ServerReady", "health"},
    {"ModelReady", "health"},
    {"ModelInfer", "inference"},
    {"ModelStreamInfer", "inference"},
    {"Classify", "inference"},
    {"ModelConfig", "model-config"},
    {"ModelStatistics", "statistics"},
    {"RepositoryIndex", "model-repository"},
    {"RepositoryModelLoad", "model-repository"},
    {"RepositoryModelUnload", "model-repository"},
    {"SystemSharedMemoryStatus", "shared-memory"},
    {"SystemSharedMemoryRegister", "shared-memory"},
    {"SystemSharedMemoryUnregister", "shared-memory"},
    {"CudaSharedMemoryStatus", "shared-memory"},
    {"CudaSharedMemoryRegister", "shared-memory"},
    {"CudaSharedMemoryUnregister", "shared-memory"},
    {"TraceSetting", "trace"},
    {"LogSettings", "logging"},
};

// Looks at every byte of `given`, wherever the first difference is.
bool EqualInConstantTime(std::string_view given, std::string_view secret) {
  size_t difference = given.size() ^ secret.size();
  for (size_t i = 0; i < given.size(); ++i) {
    const char expected = secret.empty() ? '\0' : secret[i % secret.size()];
    difference |= static_cast<unsigned char>(given[i] ^ expected);
  }
  return difference == 0;
}

std::optional<std::string_view> Find(std::span<const Header> headers, std::string_view name) {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return std::nullopt;
}

// The scheme's name has no case (RFC 9110, 11.1).
bool IsBearer(std::string_view value) {
  return value.size() >= kBearer.size() &&
         std::equal(kBearer.begin(), kBearer.end(), value.begin(), [](char a, char b) {
           return std::tolower(static_cast<unsigned char>(a)) ==
                  std::tolower(static_cast<unsigned char>(b));
         });
}

absl::Status CheckToken(std::span<const std::string> tokens, std::span<const Header> headers) {
  const auto authorization = Find(headers, "authorization");
  if (!authorization.has_value() || !IsBearer(*authorization)) {
    return absl::UnauthenticatedError(
        "This server asks for a token: send the header 'authorization: Bearer TOKEN'");
  }
  bool known = false;
  for (const std::string& token : tokens) {
    known |= EqualInConstantTime(authorization->substr(kBearer.size()), token);
  }
  return known ? absl::OkStatus()
               : absl::PermissionDeniedError("The bearer token is not one that this server knows");
}

absl::Status CheckRestriction(const RestrictedGroups& rule, std::string_view group,
                              std::span<const Header> headers) {
  if (std::find(rule.groups.begin(), rule.groups.end(), group) == rule.groups.end()) {
    return absl::OkStatus();
  }
  const auto value = Find(headers, rule.header);
  if (!value.has_value()) {
    return absl::UnauthenticatedError(absl::StrFormat(
        "RPCs of the group '%s' are restricted: they need the header '%s'", group, rule.header));
  }
  if (EqualInConstantTime(*value, rule.value)) return absl::OkStatus();
  return absl::PermissionDeniedError(absl::StrFormat(
      "RPCs of the group '%s' are restricted, and the value of the header '%s' is not the expected "
      "one",
      group, rule.header));
}

absl::Status CheckGroup(std::string_view group) {
  if (std::find(kGroups.begin(), kGroups.end(), group) != kGroups.end()) return absl::OkStatus();
  std::string all;
  for (const std::string_view known : kGroups)
    all += absl::StrFormat("%s%s", all.empty() ? "" : ", ", known);
  return absl::InvalidArgumentError(
      absl::StrFormat("'%s' is no group of RPCs; there are %s", group, all));
}

std::vector<std::string> Split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream{std::string(text)};
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  return parts;
}

bool IsHeaderName(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.';
  });
}

bool IsPrintable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) { return c > ' ' && c < 0x7f; });
}

}  // namespace

std::string_view GroupOf(std::string_view path) {
  if (path.starts_with(kHealthService)) return "health";
  const size_t slash = path.rfind('/');
  const std::string_view method = slash == std::string_view::npos ? path : path.substr(slash + 1);
  for (const MethodGroup& known : kMethods) {
    if (known.method == method) return known.group;
  }
  return "metadata";
}

absl::StatusOr<RestrictedGroups> ParseRestrictedGroups(std::string_view text) {
  const size_t colon = text.find(':');
  const size_t equals = colon == std::string_view::npos ? colon : text.find('=', colon);
  if (equals == std::string_view::npos || equals + 1 == text.size() || colon == 0 ||
      !IsHeaderName(text.substr(colon + 1, equals - colon - 1))) {
    return absl::InvalidArgumentError(
        "A restriction has the form GROUP,GROUP:KEY=VALUE, as in model-repository:admin=s3cret");
  }
  RestrictedGroups rule;
  rule.groups = Split(text.substr(0, colon), ',');
  for (const std::string& group : rule.groups) CONVOY_RETURN_IF_ERROR(CheckGroup(group));
  rule.header = kHeaderPrefix;
  for (const unsigned char c : text.substr(colon + 1, equals - colon - 1)) {
    rule.header += static_cast<char>(std::tolower(c));
  }
  rule.value = text.substr(equals + 1);
  return rule;
}

absl::StatusOr<std::vector<std::string>> ParseTokens(std::string_view text) {
  std::vector<std::string> tokens;
  int64_t number = 0;
  for (std::string& line : Split(text, '\n')) {
    ++number;
    if (line.ends_with('\r')) line.pop_back();
    if (line.empty() || line.starts_with('#')) continue;
    if (line.size() < kMinTokenLength || line.size() > kMaxTokenLength || !IsPrintable(line)) {
      return absl::InvalidArgumentError(absl::StrFormat(
          "Line %d is no token: a token has %d to %d printable characters and no space", number,
          kMinTokenLength, kMaxTokenLength));
    }
    tokens.push_back(std::move(line));
  }
  if (tokens.empty()) return absl::InvalidArgumentError("There is no token, one a line");
  return tokens;
}

absl::Status CheckAccess(std::span<const std::string> tokens,
                         std::span<const RestrictedGroups> restricted, std::string_view path,
                         std::span<const Header> headers) {
  if (!tokens.empty() && !path.starts_with(kHealthService)) {
    CONVOY_RETURN_IF_ERROR(CheckToken(tokens, headers));
  }
  for (const RestrictedGroups& rule : restricted) {
    CONVOY_RETURN_IF_ERROR(CheckRestriction(rule, GroupOf(path), headers));
  }
  return absl::OkStatus();
}

}  // namespace convoy::server
