#include <dlfcn.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

#include "absl/strings/str_format.h"
#include "cli/child_process.h"
#include "cli/device_facts.h"
#include "cli/doctor.h"
#include "cli/run_apart.h"

namespace convoy::cli {
namespace {

constexpr absl::Duration kOpenTimeout = absl::Seconds(30);
// A software driver that has nothing cached compiles and tests all kernels in half a minute.
constexpr absl::Duration kUseTimeout = absl::Seconds(300);
constexpr int kSignalBase = 128;
constexpr size_t kMaxLines = 8;
constexpr size_t kMaxLineBytes = 300;

// How a process ended that did not end by itself; empty where it did.
std::string EndOf(const ApartResult& result, absl::Duration timeout) {
  if (result.timed_out) {
    return absl::StrFormat("it hangs: it was ended after %s", absl::FormatDuration(timeout));
  }
  if (result.exit_code > kSignalBase) {
    return absl::StrFormat("it crashes the process: signal %d", result.exit_code - kSignalBase);
  }
  return "";
}

// As the loader opens drivers. Opening runs the library's constructors.
int OpenLibrary(const std::string& name) {
  if (dlopen(name.c_str(), RTLD_LAZY | RTLD_LOCAL) != nullptr) return 0;
  const std::string_view reason = dlerror();
  return write(STDOUT_FILENO, reason.data(), reason.size()) < 0 ? 2 : 1;
}

std::string LibraryError(const std::string& name) {
  const absl::StatusOr<ApartResult> result =
      RunApart([&] { return OpenLibrary(name); }, kOpenTimeout);
  if (!result.ok()) return std::string(result.status().message());
  if (std::string end = EndOf(*result, kOpenTimeout); !end.empty()) return end;
  return result->exit_code == 0 ? "" : result->out;
}

// Lines without the loader's "ERROR:      ", each once: it searches anew for every question.
std::vector<std::string> LinesOf(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty() && lines.size() < kMaxLines) {
    const size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.starts_with("ERROR") || line.starts_with("WARNING")) {
      line.remove_prefix(std::min(line.find(':') + 1, line.size()));
    }
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    std::string kept(line.substr(0, kMaxLineBytes));
    if (!kept.empty() && std::ranges::find(lines, kept) == lines.end()) {
      lines.push_back(std::move(kept));
    }
  }
  return lines;
}

// Becomes `convoy devices --json`, with the driver of `manifest` alone unless that is empty.
int ListDevices(const std::string& program, const std::string& manifest,
                const DoctorOptions& options) {
  if (!manifest.empty()) {
    setenv("VK_DRIVER_FILES", manifest.c_str(), /*overwrite=*/1);
    setenv("VK_ICD_FILENAMES", manifest.c_str(), /*overwrite=*/1);  // for loaders before 1.3.207
    unsetenv("VK_ADD_DRIVER_FILES");
  }
  setenv("VK_LOADER_DEBUG", "error,warn", /*overwrite=*/1);
  const char* precision = options.precision == compute::Precision::kFp16 ? "fp16" : "fp32";
  execl(program.c_str(), program.c_str(), "devices", "--json", "--precision", precision, nullptr);
  return 1;
}

void UseDriver(const std::string& program, const DoctorOptions& options, DriverReport& driver) {
  const absl::StatusOr<ApartResult> result =
      RunApart([&] { return ListDevices(program, driver.manifest.path, options); }, kUseTimeout);
  if (!result.ok()) {
    driver.failure = std::string(result.status().message());
    return;
  }
  driver.failure = EndOf(*result, kUseTimeout);
  if (driver.failure.empty() && result->exit_code != 0) {
    driver.failure = absl::StrFormat("listing its devices fails with code %d", result->exit_code);
  }
  driver.said = LinesOf(result->error);
  driver.devices = VulkanDevicesOf(result->out);
}

DriverReport ExamineDriver(DriverManifest manifest, const std::string& program,
                           const DoctorOptions& options) {
  DriverReport driver;
  driver.manifest = std::move(manifest);
  if (!driver.manifest.problem.empty()) return driver;
  driver.library_error = LibraryError(driver.manifest.library);
  if (driver.library_error.empty()) UseDriver(program, options, driver);
  return driver;
}

// The order of devices among drivers is the loader's own, so it is asked where that matters.
std::vector<compute::DeviceFacts> AllDevices(const std::vector<DriverReport>& drivers,
                                             const std::string& program,
                                             const DoctorOptions& options) {
  const auto gives = [](const DriverReport& driver) { return !driver.devices.empty(); };
  const auto count = std::ranges::count_if(drivers, gives);
  if (count == 0) return {};
  if (count == 1) return std::ranges::find_if(drivers, gives)->devices;
  const absl::StatusOr<ApartResult> result =
      RunApart([&] { return ListDevices(program, "", options); }, kUseTimeout);
  return result.ok() ? VulkanDevicesOf(result->out) : std::vector<compute::DeviceFacts>();
}

}  // namespace

Diagnosis Examine(const DoctorOptions& options, const ReadVariable& variable) {
  Diagnosis diagnosis;
  diagnosis.loader_error = LibraryError("libvulkan.so.1");
  diagnosis.places = ManifestPlaces(variable);
  const std::string program = OwnPath().value_or("convoy");
  for (DriverManifest& manifest : FindManifests(diagnosis.places)) {
    diagnosis.drivers.push_back(ExamineDriver(std::move(manifest), program, options));
  }
  diagnosis.devices = AllDevices(diagnosis.drivers, program, options);
  diagnosis.nodes = ReadRenderNodes("/dev/dri");
  diagnosis.identity = OwnIdentity();
  std::error_code ignored;
  diagnosis.nvidia_node = std::filesystem::exists("/dev/nvidiactl", ignored);
  if (diagnosis.nvidia_node && std::ranges::none_of(diagnosis.drivers, NamesNvidia)) {
    diagnosis.nvidia_library_error = LibraryError("libGLX_nvidia.so.0");
  }
  return diagnosis;
}

}  // namespace convoy::cli
