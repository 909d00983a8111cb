// The text files of conformance cases (tests/conformance/cases/<operator file>.cases).
//
//   file   := { line "\n" }
//   line   := "" | "#" comment | "bound" number | name { field }
//   field  := key "=" value | flag
//
// `bound` is the error allowed to every case of the file, as a share of max(1, |expected|max). A
// case is one problem, named after a network layer where there is one:
//
//   resnet50_conv1 n=1,3 x=Nx3x224x224 w=64x7x7 stride=2x2 pads=3,3,3,3 act=relu
//
// `n` lists the batch sizes (1,3,8 when left out). N in a shape stands for the batch size; an
// operand whose shape has an N is given at run time, every other is a constant. The other keys are
// the operator's: see problem.cc.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "compute/tensor/shape.h"

namespace convoy::testing {

// The fields of one case. The getters note what was asked for and the first error, so that a reader
// checks once, at its end, with Finish().
class CaseFields {
 public:
  CaseFields(std::map<std::string, std::string> fields, int64_t batch)
      : fields_(std::move(fields)), batch_(batch) {}

  bool Has(const std::string& key);
  std::string Word(const std::string& key, std::string_view fallback);
  float Number(const std::string& key, float fallback);
  // Separated by "x" or ","; none at all for a scalar's shape. N is the batch size.
  std::vector<int64_t> Numbers(const std::string& key);
  compute::Shape ShapeOf(const std::string& key);
  // Whether the value of `key` names the batch.
  bool IsBatched(const std::string& key) const;

  void Fail(std::string message);
  // INVALID_ARGUMENT for the first error, or for a field that nobody asked for.
  absl::Status Finish() const;

 private:
  std::map<std::string, std::string> fields_;
  int64_t batch_;
  std::set<std::string> asked_;
  std::string error_;
};

struct Case {
  std::string op;  // the operator's file name: "conv"
  std::string name;
  std::vector<int64_t> batches;
  double bound = 0;
  std::map<std::string, std::string> fields;

  CaseFields FieldsAt(int64_t batch) const { return CaseFields(fields, batch); }
};

// INVALID_ARGUMENT names the line.
absl::StatusOr<std::vector<Case>> ParseCases(std::string_view op, std::string_view text);

// NOT_FOUND when there is no such file in tests/conformance/cases.
absl::StatusOr<std::vector<Case>> ReadCases(std::string_view op);

// The operators of op_table.def by their file names.
std::vector<std::string> OperatorFiles();

}  // namespace convoy::testing
