// What the processor is and how much of it this process may use: for `convoy devices`, and for the
// number of threads.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace convoy::compute {

struct CpuFacts {
  std::string model;  // "AMD EPYC 9B45"
  std::string isa;    // the best instruction set that oneDNN's kernels use here: "AVX-512"
  int online_cores = 1;
  int affinity_cores = 1;             // those the process may run on
  std::optional<double> quota_cores;  // what its control groups allow; absent = no limit
  std::string onednn_version;         // "2.6.3"
  std::string openmp_waiting;         // how idle threads wait, as the environment says
};

CpuFacts ReadCpuFacts();

// The threads that serve best: the affinity, or the quota rounded up where that is less.
int UsableCores(const CpuFacts& facts);

// Whether kernels of our own for AVX2 (with FMA) may run.
bool CpuRunsAvx2();
// Whether oneDNN has its AVX-512 kernels here, which beat ours.
bool OnednnRunsAvx512();

// Name and value, in the order to show.
std::vector<std::pair<std::string, std::string>> PropertiesOf(const CpuFacts& facts);

// The first model name of /proc/cpuinfo; "unknown processor" without one.
std::string ModelNameOf(std::string_view cpuinfo);

}  // namespace convoy::compute
