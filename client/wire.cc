#include "client/wire.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_format.h"

namespace convoy::client {
namespace {

// gRPC's codes are 0 (OK) to 16; anything else in an answer is shown as UNKNOWN.
absl::Status DecodeError(const v1::Error& error) {
  constexpr int kLastCode = 16;
  if (error.code() < 1 || error.code() > kLastCode) return absl::UnknownError(error.message());
  return absl::Status(static_cast<absl::StatusCode>(error.code()), error.message());
}

// Of a map whose extents, bytes and borders agree; a server may send anything.
absl::StatusOr<ClassMap> DecodeClassMap(const v1::ClassMap& map) {
  const bool region = std::isfinite(map.left()) && std::isfinite(map.top()) &&
                      std::isfinite(map.right()) && std::isfinite(map.bottom()) &&
                      map.left() < map.right() && map.top() < map.bottom();
  const bool filled = map.height() > 0 && map.width() > 0 &&
                      uint64_t{map.height()} * map.width() == map.classes().size();
  if (!region || !filled) {
    return absl::InternalError(absl::StrFormat(
        "The server sends a class map of %dx%d with %d bytes over (%g, %g) to (%g, %g); it needs a "
        "byte for each element and a region that is not empty.",
        map.height(), map.width(), map.classes().size(), map.left(), map.top(), map.right(),
        map.bottom()));
  }
  return ClassMap{map.height(), map.width(), map.classes(), map.left(),
                  map.top(),    map.right(), map.bottom()};
}

ImageAnswer DecodeImage(const v1::ImageResult& result) {
  ImageAnswer answer;
  if (result.has_error()) answer.status = DecodeError(result.error());
  for (const v1::ClassScore& score : result.classes()) {
    answer.classes.push_back({score.index(), score.label(), score.probability()});
  }
  if (result.has_class_map()) {
    absl::StatusOr<ClassMap> map = DecodeClassMap(result.class_map());
    if (map.ok()) answer.class_map = *std::move(map);
    if (!map.ok() && answer.status.ok()) answer.status = map.status();
  }
  answer.batch_size = result.batch_size();
  // More than an hour is no time of one image; it would overflow further arithmetic.
  const auto microseconds = [](uint64_t us) {
    return absl::Microseconds(std::min<uint64_t>(us, 3'600'000'000U));
  };
  answer.decode = microseconds(result.times().decode_us());
  answer.queue = microseconds(result.times().queue_us());
  answer.compute = microseconds(result.times().compute_us());
  answer.total = microseconds(result.times().total_us());
  return answer;
}

TensorDescription DecodeTensor(const inference::ModelMetadataResponse::TensorMetadata& tensor) {
  return {tensor.name(), tensor.datatype(), {tensor.shape().begin(), tensor.shape().end()}};
}

}  // namespace

v1::ClassifyRequest EncodeClassify(const ClassifyCall& call) {
  v1::ClassifyRequest request;
  request.set_model_name(call.model);
  request.set_model_version(call.version);
  request.set_top_k(call.top_k);
  request.set_want_class_map(call.want_class_map);
  for (const std::string& image : call.images) request.add_images(image);
  return request;
}

absl::StatusOr<Classification> DecodeClassify(const v1::ClassifyResponse& response, size_t images) {
  if (static_cast<size_t>(response.results_size()) != images) {
    return absl::InternalError(absl::StrFormat(
        "The server answers for %d images, not for the %d sent.", response.results_size(), images));
  }
  Classification answer{response.model_name(), response.model_version(), {}};
  for (const v1::ImageResult& result : response.results()) {
    answer.images.push_back(DecodeImage(result));
  }
  return answer;
}

inference::ModelInferRequest EncodeInfer(const InferCall& call) {
  inference::ModelInferRequest request;
  request.set_model_name(call.model);
  request.set_model_version(call.version);
  for (const Tensor& tensor : call.inputs) {
    auto* input = request.add_inputs();
    input->set_name(tensor.name);
    input->set_datatype(tensor.datatype);
    for (const int64_t dim : tensor.shape) input->add_shape(dim);
    request.add_raw_input_contents(tensor.bytes);
  }
  for (const std::string& name : call.outputs) request.add_outputs()->set_name(name);
  return request;
}

absl::StatusOr<Inference> DecodeInfer(inference::ModelInferResponse response) {
  if (response.raw_output_contents_size() != response.outputs_size()) {
    return absl::InternalError(
        absl::StrFormat("The server sends %d byte strings for %d outputs; it must send one each.",
                        response.raw_output_contents_size(), response.outputs_size()));
  }
  Inference answer{response.model_name(), response.model_version(), {}};
  for (int i = 0; i < response.outputs_size(); ++i) {
    const auto& output = response.outputs(i);
    answer.outputs.push_back({output.name(),
                              output.datatype(),
                              {output.shape().begin(), output.shape().end()},
                              std::move(*response.mutable_raw_output_contents(i))});
  }
  return answer;
}

ModelCounters DecodeCounters(const inference::ModelStatisticsResponse& response) {
  ModelCounters sum;
  const auto time = [](const inference::StatisticDuration& duration) {
    return absl::Nanoseconds(static_cast<int64_t>(duration.ns()));
  };
  for (const inference::ModelStatistics& model : response.model_stats()) {
    const inference::InferStatistics& stats = model.inference_stats();
    sum.rows += static_cast<int64_t>(model.inference_count());
    sum.batches += static_cast<int64_t>(model.execution_count());
    sum.requests += static_cast<int64_t>(stats.success().count());
    sum.total += time(stats.success());
    sum.queue += time(stats.queue());
    sum.compute_input += time(stats.compute_input());
    sum.compute_infer += time(stats.compute_infer());
    sum.compute_output += time(stats.compute_output());
  }
  return sum;
}

ModelDescription DecodeModel(const inference::ModelMetadataResponse& response) {
  ModelDescription model;
  model.name = response.name();
  model.versions.assign(response.versions().begin(), response.versions().end());
  model.platform = response.platform();
  for (const auto& tensor : response.inputs()) model.inputs.push_back(DecodeTensor(tensor));
  for (const auto& tensor : response.outputs()) model.outputs.push_back(DecodeTensor(tensor));
  return model;
}

}  // namespace convoy::client
