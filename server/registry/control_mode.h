// Which models a server loads, and when.
#pragma once

namespace convoy::server {

enum class ControlMode {
  kNone,      // all models at the start; no changes
  kPoll,      // all models at the start; then as the files say
  kExplicit,  // those asked for, at the start or by Load and Unload
};

}  // namespace convoy::server
