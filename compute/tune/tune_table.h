// Which kernel was the fastest for which problem on one device, and its text form. A problem is one
// line that tells all that the choice depends on: operator, parameters, shapes, batch, threads.
//
//   TuneTable table;
//   table.Put("Conv kernel=3x3 FP32[1x64x56x56] ...", {{"winograd", 1.24}, {"direct", 1.61}});
//   const std::vector<TimedKernel>* known = table.Find(problem);   // null, or fastest first
//
// A value, not thread-safe. Pure: files are KernelTuner's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace convoy::compute {

struct TimedKernel {
  std::string kernel;
  double milliseconds = 0;

  friend bool operator==(const TimedKernel&, const TimedKernel&) = default;
};

class TuneTable {
 public:
  // Some hundred networks; a file of about a megabyte.
  static constexpr size_t kMaxProblems = 8192;
  static constexpr size_t kMaxProblemBytes = 400;
  static constexpr size_t kMaxKernels = 64;  // of a problem
  static constexpr size_t kMaxKernelBytes = 64;

  // The kernels that were timed for a problem, fastest first, never empty; null where none is
  // known. Valid until the next Put.
  const std::vector<TimedKernel>* Find(std::string_view problem) const;

  // Replaces what was known. In a full table the problem that was put first gives way. What the
  // text form cannot hold (control characters, too long, no kernel, a time that is no number) is
  // not taken.
  void Put(std::string_view problem, std::vector<TimedKernel> kernels);

  // Puts what `other` knows and this table does not.
  void Adopt(const TuneTable& other);

  size_t size() const { return problems_.size(); }

  // One line a problem, oldest first: problem TAB kernel SPACE milliseconds TAB ...
  std::string ToText() const;
  // Nothing unless every line is one that ToText writes.
  static std::optional<TuneTable> Parse(std::string_view text);

 private:
  struct Entry {
    std::vector<TimedKernel> kernels;
    uint64_t age = 0;  // puts before this one
  };
  using Entries = std::map<std::string, Entry, std::less<>>;

  std::vector<Entries::const_iterator> ByAge() const;

  Entries problems_;
  uint64_t puts_ = 0;
};

}  // namespace convoy::compute
