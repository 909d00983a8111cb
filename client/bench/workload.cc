#include "client/bench/workload.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>
#include <utility>

#include "absl/strings/str_format.h"
#include "client/wire.h"

namespace convoy::client {
namespace {

constexpr size_t kTop = 5;

template <typename T>
float ValueAt(const char* bytes, int64_t index) {
  T value;
  std::memcpy(&value, bytes + index * static_cast<int64_t>(sizeof(T)), sizeof(T));
  return static_cast<float>(value);
}

using Reader = float (*)(const char*, int64_t);

struct Numbers {
  const char* datatype;
  int64_t size;
  Reader read;
};

constexpr Numbers kNumbers[] = {
    {"FP32", 4, &ValueAt<float>},      {"FP64", 8, &ValueAt<double>},
    {"UINT8", 1, &ValueAt<uint8_t>},   {"INT8", 1, &ValueAt<int8_t>},
    {"INT32", 4, &ValueAt<int32_t>},   {"INT64", 8, &ValueAt<int64_t>},
    {"INT16", 2, &ValueAt<int16_t>},   {"UINT16", 2, &ValueAt<uint16_t>},
    {"UINT32", 4, &ValueAt<uint32_t>}, {"UINT64", 8, &ValueAt<uint64_t>}};

// The best first; equal values by index.
std::vector<ClassScore> BestOf(const std::vector<float>& values) {
  std::vector<uint32_t> order(values.size());
  std::iota(order.begin(), order.end(), 0U);
  const size_t top = std::min(kTop, order.size());
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(top), order.end(),
                    [&](uint32_t a, uint32_t b) {
                      return values[a] != values[b] ? values[a] > values[b] : a < b;
                    });
  std::vector<ClassScore> best;
  for (size_t i = 0; i < top; ++i) best.push_back({order[i], "", values[order[i]]});
  return best;
}

// One call is right when all of its rows are.
void JudgeRows(const std::vector<std::vector<ClassScore>>& rows,
               const std::vector<std::string>& expected, CallOutcome& outcome) {
  if (expected.empty()) return;
  outcome.right = outcome.in_top5 = rows.size() == expected.size();
  for (size_t i = 0; i < rows.size() && i < expected.size(); ++i) {
    CallOutcome row;
    JudgeClasses(rows[i], expected[i], row);
    outcome.right = *outcome.right && *row.right;
    outcome.in_top5 = *outcome.in_top5 && *row.in_top5;
  }
}

absl::Status Unreadable() {
  return absl::InternalError("The server's answer is no message of the protocol.");
}

}  // namespace

Workload::Workload(std::string method, std::vector<Call> calls, int64_t rows_per_call,
                   std::string source)
    : method_(std::move(method)),
      calls_(std::move(calls)),
      rows_per_call_(rows_per_call),
      source_(std::move(source)),
      has_labels_(std::ranges::any_of(calls_, [](const Call& c) { return !c.expected.empty(); })) {}

int64_t Workload::request_bytes() const {
  size_t most = 0;
  for (const Call& call : calls_) most = std::max(most, call.request.size());
  return static_cast<int64_t>(most);
}

CallOutcome Workload::Judge(int64_t index, std::string_view reply) const {
  const Call& call = At(index);
  return method_ == kClassifyMethod ? JudgeClassify(call, reply) : JudgeInfer(call, reply);
}

CallOutcome Workload::JudgeClassify(const Call& call, std::string_view reply) const {
  v1::ClassifyResponse response;
  if (!response.ParseFromArray(reply.data(), static_cast<int>(reply.size()))) {
    return {.status = Unreadable()};
  }
  const absl::StatusOr<Classification> answer =
      DecodeClassify(response, static_cast<size_t>(response.results_size()));
  if (!answer.ok()) return {.status = answer.status()};
  if (answer->images.empty()) return {.status = absl::InternalError("The answer has no image.")};
  CallOutcome outcome;
  std::vector<std::vector<ClassScore>> rows;
  for (const ImageAnswer& image : answer->images) {
    if (!image.status.ok()) outcome.status = image.status;
    rows.push_back(image.classes);
  }
  // The slowest image is the one that the caller waited for.
  const ImageAnswer& last = *std::ranges::max_element(
      answer->images, [](const ImageAnswer& a, const ImageAnswer& b) { return a.total < b.total; });
  outcome.server = ServerTimes{last.decode, last.queue, last.compute, last.total, last.batch_size};
  JudgeRows(rows, call.expected, outcome);
  return outcome;
}

CallOutcome Workload::JudgeInfer(const Call& call, std::string_view reply) const {
  if (call.expected.empty()) return {};
  inference::ModelInferResponse response;
  if (!response.ParseFromArray(reply.data(), static_cast<int>(reply.size()))) {
    return {.status = Unreadable()};
  }
  const absl::StatusOr<Inference> answer = DecodeInfer(std::move(response));
  if (!answer.ok()) return {.status = answer.status()};
  CallOutcome outcome;
  if (!answer->outputs.empty()) {
    JudgeRows(BestClasses(answer->outputs[0]), call.expected, outcome);
  }
  return outcome;
}

void JudgeClasses(const std::vector<ClassScore>& classes, std::string_view expected,
                  CallOutcome& outcome) {
  const auto is_it = [&](const ClassScore& score) {
    return score.label == expected || absl::StrFormat("%d", score.index) == expected;
  };
  const auto end = classes.begin() + static_cast<std::ptrdiff_t>(std::min(kTop, classes.size()));
  const auto found = std::find_if(classes.begin(), end, is_it);
  outcome.right = found == classes.begin() && found != end;
  outcome.in_top5 = found != end;
}

std::vector<std::vector<ClassScore>> BestClasses(const Tensor& tensor) {
  const auto* numbers = std::ranges::find_if(
      kNumbers, [&](const Numbers& n) { return n.datatype == tensor.datatype; });
  if (numbers == std::end(kNumbers) || tensor.shape.empty()) return {};
  const int64_t rows = tensor.shape[0];
  const auto bytes = static_cast<int64_t>(tensor.bytes.size());
  if (rows <= 0 || bytes % (rows * numbers->size) != 0) return {};
  const int64_t columns = bytes / (rows * numbers->size);
  std::vector<std::vector<ClassScore>> best;
  std::vector<float> values(static_cast<size_t>(columns));
  for (int64_t row = 0; row < rows; ++row) {
    for (int64_t i = 0; i < columns; ++i) {
      values[static_cast<size_t>(i)] = numbers->read(tensor.bytes.data(), row * columns + i);
    }
    best.push_back(BestOf(values));
  }
  return best;
}

}  // namespace convoy::client
