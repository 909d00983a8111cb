// Runs the server until a signal: what `convoy serve` does once its options are known.
#pragma once

#include "server/options.h"

namespace convoy::server {

// SIGTERM: not ready at once, calls are still taken for options.lame_duck_seconds, then the drain.
// SIGINT: the drain at once. A signal while the models still load ends the program, and so does a
// second one. Returns the exit code: 0 after a drain, 1 when the server cannot start or calls had
// to be cancelled. Call it from main's thread before any other thread exists: signals are blocked
// in all of them.
int Serve(const ServerOptions& options);

}  // namespace convoy::server
