// What a load run sends: calls that are serialised once and sent over and over. Plain bytes; no
// gRPC type shows here. Made by workload_*.h from images, tensors or files.
//
//   Workload load = ImageWorkload(...);
//   load.request(i);          // the bytes of the i-th call; they repeat
//   load.Judge(i, reply);     // what its answer says
//
// Immutable once made; Judge is thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "client/bench/recorder.h"
#include "client/client.h"

namespace convoy::client {

inline constexpr char kInferMethod[] = "/inference.GRPCInferenceService/ModelInfer";
inline constexpr char kClassifyMethod[] = "/convoy.v1.ClassifyService/Classify";

class Workload {
 public:
  struct Call {
    std::string request;                // a serialised message
    std::vector<std::string> expected;  // one label or class index a row; empty: not judged
  };

  // At least one call.
  Workload(std::string method, std::vector<Call> calls, int64_t rows_per_call, std::string source);

  const std::string& method() const { return method_; }
  int64_t rows_per_call() const { return rows_per_call_; }
  const std::string& source() const { return source_; }  // "random", "images", ...
  size_t size() const { return calls_.size(); }
  bool has_labels() const { return has_labels_; }

  const std::string& request(int64_t index) const { return At(index).request; }
  int64_t request_bytes() const;  // the largest

  // Whether Judge has something to say beyond OK; if not, replies need not be read.
  bool ReadsReplies() const { return method_ == kClassifyMethod || has_labels_; }

  // Of an answered call: the status of its images, the server's times, the labels.
  CallOutcome Judge(int64_t index, std::string_view reply) const;

 private:
  const Call& At(int64_t index) const { return calls_[static_cast<size_t>(index) % calls_.size()]; }
  CallOutcome JudgeClassify(const Call& call, std::string_view reply) const;
  CallOutcome JudgeInfer(const Call& call, std::string_view reply) const;

  std::string method_;
  std::vector<Call> calls_;
  int64_t rows_per_call_ = 1;
  std::string source_;
  bool has_labels_ = false;
};

// The ranks of `expected` among the classes of one row, best first: whether it is the first, and
// among the first five. `expected` is a label or an index.
void JudgeClasses(const std::vector<ClassScore>& classes, std::string_view expected,
                  CallOutcome& outcome);

// The five best classes of each row of a tensor of numbers, rows by its first dimension. Empty for
// other types or a tensor whose bytes do not fit its shape.
std::vector<std::vector<ClassScore>> BestClasses(const Tensor& tensor);

}  // namespace convoy::client
