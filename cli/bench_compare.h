// `convoy bench compare A B`: whether a run was better than another, or only luckier.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace convoy::cli {

// Declares the subcommand on `bench`. When it is asked for, sets `*chosen` and `*run`.
void AddBenchCompareCommand(CLI::App& bench, bool* chosen, std::function<int()>* run);

}  // namespace convoy::cli
