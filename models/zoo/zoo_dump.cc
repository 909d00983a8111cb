// Writes a network of the zoo to a file, or lists the names. For developers and scripts: to look at
// a network, or to run it elsewhere.
//
//   zoo_dump --list
//   zoo_dump NAME OUT.onnx [--small] [--softmax] [--size N] [--width N] [--classes N] [--batch N]
//            [--seed N]
//
// --small takes the options that tests use; options behind it change them.

#include <charconv>
#include <cstdio>
#include <fstream>
#include <span>
#include <string_view>

#include "compute/base/status.h"
#include "models/zoo/zoo.h"

namespace convoy::models {
namespace {

absl::Status ParseOption(std::string_view name, std::string_view value, ZooOptions& options) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc() || end != value.data() + value.size() || number < 0) {
    return absl::InvalidArgumentError(
        absl::StrFormat("The value of %s is '%s'; it must be a whole number", name, value));
  }
  if (name == "--size") {
    options.size = number;
  } else if (name == "--width") {
    options.width = number;
  } else if (name == "--classes") {
    options.classes = number;
  } else if (name == "--batch") {
    options.batch = number;
  } else if (name == "--seed") {
    options.seed = static_cast<uint64_t>(number);
  } else {
    return absl::InvalidArgumentError(absl::StrFormat("There is no option '%s'", name));
  }
  return absl::OkStatus();
}

absl::Status Dump(std::span<char* const> arguments) {
  if (arguments.size() == 1 && std::string_view(arguments[0]) == "--list") {
    for (const std::string_view name : ZooNames()) std::puts(std::string(name).c_str());
    return absl::OkStatus();
  }
  if (arguments.size() < 2) {
    return absl::InvalidArgumentError(
        "The arguments are --list, or NAME OUT.onnx [--small] [--size N] ...");
  }
  ZooOptions options;
  for (size_t i = 2; i < arguments.size(); ++i) {
    const std::string_view name = arguments[i];
    if (name == "--softmax") {
      options.softmax = true;
      continue;
    }
    if (name == "--small") {
      CONVOY_ASSIGN_OR_RETURN(options, SmallZooOptions(arguments[0]));
      continue;
    }
    const std::string_view value = i + 1 < arguments.size() ? arguments[i + 1] : "";
    CONVOY_RETURN_IF_ERROR(ParseOption(name, value, options));
    ++i;
  }
  CONVOY_ASSIGN_OR_RETURN(const std::string bytes, BuildZooModel(arguments[0], options));
  std::ofstream out(arguments[1], std::ios::binary);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!out.flush()) {
    return absl::UnavailableError(absl::StrFormat("'%s' can not be written", arguments[1]));
  }
  return absl::OkStatus();
}

}  // namespace
}  // namespace convoy::models

int main(int argc, char** argv) {
  const absl::Status status =
      convoy::models::Dump(std::span(argv, static_cast<size_t>(argc)).subspan(1));
  if (status.ok()) return 0;
  std::fprintf(stderr, "zoo_dump: %s\n", std::string(status.message()).c_str());
  return 2;
}
