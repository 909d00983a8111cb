// The subcommands of `convoy`, one file each: serve.cc, classify.cc, bench.cc, ...
//
// Each function declares its subcommand on `app`. When the user asks for that subcommand, its
// callback sets `*run` to the work to do; main() calls it after the whole command line has parsed
// and exits with what it returns. `run` must outlive the parse. Single-threaded.
//
//   std::function<int()> run;
//   AddHealthCommand(app, &run);
//   app.parse(argc, argv);
//   return run();
//
// Exit codes are the same everywhere: 0 done, 1 the work failed, 2 the command line is wrong.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace convoy::cli {

inline constexpr int kExitOk = 0;
inline constexpr int kExitFailure = 1;
inline constexpr int kExitUsage = 2;

void AddServeCommand(CLI::App& app, std::function<int()>* run);
void AddClassifyCommand(CLI::App& app, std::function<int()>* run);
void AddBenchCommand(CLI::App& app, std::function<int()>* run);
void AddTuneCommand(CLI::App& app, std::function<int()>* run);
void AddProfileCommand(CLI::App& app, std::function<int()>* run);
void AddInspectCommand(CLI::App& app, std::function<int()>* run);
void AddVerifyCommand(CLI::App& app, std::function<int()>* run);
void AddValidateCommand(CLI::App& app, std::function<int()>* run);
void AddDevicesCommand(CLI::App& app, std::function<int()>* run);
void AddHealthCommand(CLI::App& app, std::function<int()>* run);
void AddVersionCommand(CLI::App& app, std::function<int()>* run);
void AddDemoCommand(CLI::App& app, std::function<int()>* run);
void AddDocsCommand(CLI::App& app, std::function<int()>* run);

}  // namespace convoy::cli
