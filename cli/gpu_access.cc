#include "cli/gpu_access.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string_view>

#include "absl/strings/str_format.h"
#include "compute/base/quote.h"

namespace convoy::cli {
namespace {

constexpr size_t kMaxNodes = 64;   // the kernel numbers them 128 to 191
constexpr int kMaxGroups = 65536;  // Linux's NGROUPS_MAX

constexpr char kNvidiaAsks[] = "-e NVIDIA_DRIVER_CAPABILITIES=compute,utility,graphics";

DeviceNode ReadNode(const std::string& path) {
  DeviceNode node{.path = path};
  struct stat facts {};
  if (lstat(path.c_str(), &facts) != 0) {
    node.open_error = errno;
    return node;
  }
  node.mode = facts.st_mode;
  node.owner = facts.st_uid;
  node.group = facts.st_gid;
  if (!S_ISCHR(facts.st_mode)) return node;
  const int file = open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (file < 0) {
    node.open_error = errno;
  } else {
    close(file);
  }
  return node;
}

bool GroupWouldDo(const DeviceNode& node, const Identity& identity) {
  return (node.mode & (S_IRGRP | S_IWGRP)) == (S_IRGRP | S_IWGRP) &&
         std::ranges::find(identity.groups, node.group) == identity.groups.end();
}

// Whether the comma-separated `list` has `word`.
bool Lists(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    const size_t end = std::min(list.find(','), list.size());
    if (list.substr(0, end) == word) return true;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return false;
}

void JudgeNvidia(const ReadVariable& variable, std::vector<std::string>& findings) {
  const std::string devices = variable("NVIDIA_VISIBLE_DEVICES");
  if (devices == "void" || devices == "none") {
    findings.push_back(absl::StrFormat(
        "NVIDIA_VISIBLE_DEVICES is %s, so that a container gets no NVIDIA GPU: set it to all",
        compute::Quote(devices)));
  }
  const std::string capabilities = variable("NVIDIA_DRIVER_CAPABILITIES");
  if (Lists(capabilities, "all") || Lists(capabilities, "graphics") ||
      Lists(capabilities, "display")) {
    return;
  }
  // The toolkit's own default is utility,compute.
  findings.push_back(absl::StrFormat(
      "NVIDIA_DRIVER_CAPABILITIES is %s and lacks graphics, so that a container gets no Vulkan "
      "driver of NVIDIA's: add %s",
      capabilities.empty() ? "not set" : compute::Quote(capabilities), kNvidiaAsks));
}

}  // namespace

std::vector<DeviceNode> ReadRenderNodes(const std::string& folder) {
  std::vector<std::string> names;
  const std::unique_ptr<DIR, int (*)(DIR*)> entries(opendir(folder.c_str()), closedir);
  if (entries == nullptr) return {};
  while (const dirent* entry = readdir(entries.get())) {
    const std::string_view name = entry->d_name;
    if (name.starts_with("renderD") && names.size() < kMaxNodes) names.emplace_back(name);
  }
  std::ranges::sort(names);
  std::vector<DeviceNode> nodes;
  for (const std::string& name : names) nodes.push_back(ReadNode(folder + "/" + name));
  return nodes;
}

Identity OwnIdentity() {
  Identity identity{.user = geteuid(), .groups = {}};
  const int count = getgroups(0, nullptr);
  if (count > 0 && count <= kMaxGroups) {
    identity.groups.resize(static_cast<size_t>(count));
    if (getgroups(count, identity.groups.data()) != count) identity.groups.clear();
  }
  identity.groups.push_back(getegid());
  return identity;
}

std::string WhyNoAccess(const DeviceNode& node, const Identity& identity) {
  if (node.open_error == 0 && S_ISCHR(node.mode)) return "";
  if (node.open_error == 0) return "it is no device file";
  if (node.open_error == EPERM) {
    return absl::StrFormat(
        "Operation not permitted: the container may not use the device: add --device %s",
        node.path);
  }
  const std::string reason = std::strerror(node.open_error);
  if (node.open_error != EACCES) return reason;
  const std::string rights =
      absl::StrFormat("%s: user %d is not allowed to; the file is mode %04o of user %d, group %d",
                      reason, identity.user, node.mode & 07777U, node.owner, node.group);
  if (!GroupWouldDo(node, identity)) return rights;
  return absl::StrFormat("%s: add --group-add %d (a container), or usermod -aG %d USER", rights,
                         node.group, node.group);
}

std::vector<std::string> JudgeVariables(const ReadVariable& variable, bool nvidia) {
  std::vector<std::string> findings;
  for (const char* name : {"VK_DRIVER_FILES", "VK_ICD_FILENAMES"}) {
    if (const std::string files = variable(name); !files.empty()) {
      findings.push_back(absl::StrFormat("%s is %s: the loader reads these manifests and no others",
                                         name, compute::Quote(files)));
      break;
    }
  }
  for (const char* name : {"VK_LOADER_DRIVERS_SELECT", "VK_LOADER_DRIVERS_DISABLE"}) {
    if (const std::string filter = variable(name); !filter.empty()) {
      findings.push_back(absl::StrFormat("%s is %s: the loader leaves drivers out by it", name,
                                         compute::Quote(filter)));
    }
  }
  if (nvidia) JudgeNvidia(variable, findings);
  return findings;
}

}  // namespace convoy::cli
