// Whether this process may use the files by which Linux gives out GPUs, and what the environment
// asks of a container's GPU tools. Judgements are pure functions of what was read. Thread-safe.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "cli/driver_manifests.h"

namespace convoy::cli {

// A device file as stat tells of it, and the error of opening it.
struct DeviceNode {
  std::string path;  // "/dev/dri/renderD128"
  mode_t mode = 0;
  uid_t owner = 0;
  gid_t group = 0;
  int open_error = 0;  // errno of opening it to read and write; 0 where that works
};

// renderD* in `folder`, by name; none where it has none.
std::vector<DeviceNode> ReadRenderNodes(const std::string& folder);

struct Identity {
  uid_t user = 0;
  std::vector<gid_t> groups;
};

Identity OwnIdentity();

// Why the node cannot be used, and what to add to the command line; empty where it can.
std::string WhyNoAccess(const DeviceNode& node, const Identity& identity);

// What the variables of the environment keep from Vulkan, a sentence each. `nvidia` says that the
// machine has an NVIDIA driver or a container asks for one.
std::vector<std::string> JudgeVariables(const ReadVariable& variable, bool nvidia);

}  // namespace convoy::cli
