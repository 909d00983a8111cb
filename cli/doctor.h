// `convoy devices --doctor`: what stands between this process and a GPU.
//
// Examine() looks: it reads manifests and device files, and lets every driver work in a process of
// its own, for a driver may crash or hang. Advise() judges what was seen and is pure.
#pragma once

#include <string>
#include <vector>

#include "cli/driver_manifests.h"
#include "cli/gpu_access.h"
#include "compute/runtime/device.h"

namespace convoy::cli {

// One manifest, and what came of its driver where it is the only one.
struct DriverReport {
  DriverManifest manifest;
  std::string library_error;      // dlopen's reason; empty where the library can be opened
  std::string failure;            // how the process ended that used it, where not well
  std::vector<std::string> said;  // lines of the loader and the driver
  std::vector<compute::DeviceFacts> devices;
};

struct Diagnosis {
  std::string loader_error;  // why libvulkan.so.1 cannot be opened
  std::vector<ManifestPlace> places;
  std::vector<DriverReport> drivers;
  std::vector<DeviceNode> nodes;  // /dev/dri/renderD*
  Identity identity;
  bool nvidia_node = false;                   // /dev/nvidiactl is there
  std::string nvidia_library_error;           // dlopen's, where no manifest names NVIDIA's driver
  std::vector<compute::DeviceFacts> devices;  // Vulkan's, with the ids that --device takes
};

struct Advice {
  std::vector<std::string> findings;  // what is in the way, a sentence each
  std::string command;                // how to serve as things are
  bool usable = false;                // there is a Vulkan device that can be used
};

struct DoctorOptions {
  compute::Precision precision = compute::Precision::kFp32;
  bool verbose = false;  // list proven kernels too
};

Diagnosis Examine(const DoctorOptions& options, const ReadVariable& variable);
Advice Advise(const Diagnosis& diagnosis, const ReadVariable& variable);

bool NamesNvidia(const DriverReport& driver);

// One sentence: what a driver comes to.
std::string OutcomeOf(const DriverReport& driver, const Diagnosis& diagnosis);

void PrintDiagnosis(const Diagnosis& diagnosis, const Advice& advice, bool verbose);
void PrintDiagnosisJson(const Diagnosis& diagnosis, const Advice& advice);

// All of it; the exit code is 0 where a Vulkan device can be used, a software one included, else 1.
int RunDoctor(const DoctorOptions& options, bool json);

}  // namespace convoy::cli
