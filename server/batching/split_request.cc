#include "server/batching/split_request.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <mutex>
#include <new>
#include <span>
#include <utility>

#include "absl/strings/str_format.h"
#include "compute/base/status.h"

namespace convoy::server {
namespace {

using compute::HostTensor;
using compute::TensorView;

// `rows` rows of a tensor, from `first` on.
TensorView RowsOf(const TensorView& whole, int64_t whole_rows, int64_t first, int64_t rows) {
  const size_t row_bytes = whole.bytes.size() / static_cast<size_t>(whole_rows);
  TensorView part{whole.spec, whole.bytes.subspan(static_cast<size_t>(first) * row_bytes,
                                                  static_cast<size_t>(rows) * row_bytes)};
  part.spec.shape[0] = rows;
  return part;
}

// Collects the answers of the parts. Each part's rows are copied to their place at once, so that no
// more is held than the whole answer and a part.
class JoinedAnswer {
 public:
  JoinedAnswer(const Request& whole, size_t parts)
      : rows_(whole.rows), done_(whole.done), left_(parts) {}

  void Add(int64_t first, int64_t rows, absl::StatusOr<Answer> part) {
    {
      const std::lock_guard lock(mutex_);
      if (failure_.ok()) failure_ = Take(first, rows, part);
      if (--left_ > 0) return;
    }
    if (!failure_.ok()) return done_(failure_);
    done_(std::move(answer_));
  }

 private:
  absl::Status Take(int64_t first, int64_t rows, absl::StatusOr<Answer>& part) {
    CONVOY_RETURN_IF_ERROR(part.status());
    try {
      CONVOY_RETURN_IF_ERROR(Copy(first, rows, part->outputs));
    } catch (const std::bad_alloc&) {
      return absl::ResourceExhaustedError("There is no memory to join the parts of an answer");
    }
    answer_.queue = part->queue;
    answer_.batch = part->batch;
    return absl::OkStatus();
  }

  absl::Status Copy(int64_t first, int64_t rows, std::span<const HostTensor> outputs) {
    while (answer_.outputs.size() < outputs.size()) {
      compute::TensorSpec spec = outputs[answer_.outputs.size()].spec();
      if (spec.shape.rank() > 0) spec.shape[0] = rows_;
      answer_.outputs.emplace_back(spec);
    }
    for (size_t i = 0; i < outputs.size(); ++i) {
      compute::TensorSpec expected = answer_.outputs[i].spec();
      if (expected.shape.rank() > 0) expected.shape[0] = rows;
      if (expected.shape.rank() == 0 || outputs[i].spec() != expected) {
        return absl::InternalError(
            absl::StrFormat("A part of %d rows gives output %d as %s; expected is %s", rows, i,
                            outputs[i].spec().ToString(), expected.ToString()));
      }
      const std::span<const std::byte> from = outputs[i].bytes();
      const size_t row_bytes = from.size() / static_cast<size_t>(rows);
      std::memcpy(answer_.outputs[i].bytes().data() + static_cast<size_t>(first) * row_bytes,
                  from.data(), from.size());
    }
    return absl::OkStatus();
  }

  const int64_t rows_;
  const std::function<void(absl::StatusOr<Answer>)> done_;

  std::mutex mutex_;  // guards what follows, until the last part is in
  size_t left_;
  absl::Status failure_;
  Answer answer_;
};

}  // namespace

std::vector<int64_t> PartRows(int64_t rows, int64_t max_rows) {
  std::vector<int64_t> parts;
  for (int64_t left = rows; left > 0; left -= max_rows) parts.push_back(std::min(left, max_rows));
  return parts;
}

std::vector<Request> SplitRequest(Request request, int64_t max_rows) {
  std::vector<Request> parts;
  if (request.rows <= max_rows) {
    parts.push_back(std::move(request));
    return parts;
  }
  const std::vector<int64_t> sizes = PartRows(request.rows, max_rows);
  const auto join = std::make_shared<JoinedAnswer>(request, sizes.size());
  int64_t first = 0;
  for (const int64_t rows : sizes) {
    Request part{
        .rows = rows,
        .shape_key = request.shape_key,
        .deadline = request.deadline,
        .done = [join, first, rows](
                    absl::StatusOr<Answer> answer) { join->Add(first, rows, std::move(answer)); },
        .priority = request.priority,
        .timeout = request.timeout};
    for (const TensorView& input : request.inputs) {
      part.inputs.push_back(RowsOf(input, request.rows, first, rows));
    }
    first += rows;
    parts.push_back(std::move(part));
  }
  return parts;
}

}  // namespace convoy::server
