// The machine that a measurement ran on, as far as /proc and uname tell.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace convoy::cli {

// "cpu", "cores" that this process may use, "memory", "kernel", and "governor" where there is one.
std::vector<std::pair<std::string, std::string>> HostFacts();

}  // namespace convoy::cli
