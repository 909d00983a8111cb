#include "cli/tune_result.h"

#include <cstdio>
#include <filesystem>
#include <string>
#include <system_error>

#include "absl/strings/str_format.h"
#include "cli/text_file.h"
#include "compute/base/status.h"

namespace convoy::cli {
namespace {

// Makes the folder of a model that is yet to be put together.
absl::Status WriteOutput(const std::string& path, const std::string& text) {
  std::error_code ignored;  // a folder that is missing all the same makes the writing fail
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), ignored);
  return WriteTextFile(path, text);
}

}  // namespace

void SayResult(const TuneRecord& record, const models::EditedConfig& config) {
  Say(record.verdict);
  for (const std::string& change : record.changes) Say("  " + change);
  if (config.rewritten) {
    Say("The config had to be printed anew: comments in it are lost.");
  }
  if (record.result.max_batch < record.current.max_batch) {
    Say(absl::StrFormat(
        "Requests of more than %d row%s, which were taken before, will be refused; --settings "
        "delay,preferred,instances leaves max_batch_size alone.",
        record.result.max_batch, record.result.max_batch == 1 ? "" : "s"));
  }
}

void SayGeneratorShare(const TuneRecord& record, const compute::DeviceFacts& device) {
  if (record.probes.empty()) return;
  const double cores = MostGeneratorCores(record);
  Say(absl::StrFormat(
      "The load generator took up to %.2f cores of this machine, %s.", cores,
      device.software ? "which the server shares: alone it serves more" : "beside the server"));
}

absl::Status WriteConfig(const TuneFlags& flags, const TuneTarget& target,
                         const TuneRecord& record) {
  if (!flags.output.empty()) return WriteOutput(flags.output, record.config);
  if (!flags.write) {
    if (flags.json != "-") std::fputs(record.config.c_str(), stdout);
    return absl::OkStatus();
  }
  const std::string path = target.source.directory + "/config.pbtxt";
  if (record.changes.empty()) {
    Say(absl::StrFormat("'%s' is left as it is.", path));
    return absl::OkStatus();
  }
  CONVOY_RETURN_IF_ERROR(ReplaceTextFile(path, record.config));
  Say(absl::StrFormat("'%s' is written.", path));
  return absl::OkStatus();
}

}  // namespace convoy::cli
