// The manual page convoy(1), in troff's man macros. Pure.
#pragma once

#include <string>

#include "cli/command_tree.h"

namespace convoy::cli {

std::string RenderManPage(const Command& program, const std::string& version);

}  // namespace convoy::cli
