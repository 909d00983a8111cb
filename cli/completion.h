// Completion scripts for shells: commands, flags, enumerated values, files and folders. Each stands
// for itself and asks nothing of the program when it runs. Pure.
#pragma once

#include <string>

#include "cli/command_tree.h"

namespace convoy::cli {

std::string RenderBashCompletion(const Command& program);
std::string RenderZshCompletion(const Command& program);
std::string RenderFishCompletion(const Command& program);

}  // namespace convoy::cli
