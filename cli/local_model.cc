#include "cli/local_model.h"

#include <algorithm>
#include <span>
#include <utility>

#include "absl/time/clock.h"
#include "client/wire.h"
#include "compute/base/status.h"
#include "server/rpc/image_classes.h"

namespace convoy::cli {
namespace {

uint64_t MicrosecondsSince(absl::Time begin) {
  return static_cast<uint64_t>(
      std::max<int64_t>(0, absl::ToInt64Microseconds(absl::Now() - begin)));
}

void SetError(const absl::Status& status, v1::ImageResult& result) {
  result.mutable_error()->set_code(static_cast<int>(status.code()));
  result.mutable_error()->set_message(std::string(status.message()));
}

}  // namespace

LocalModel::LocalModel(std::unique_ptr<compute::Device> device,
                       std::unique_ptr<models::Model> model)
    : device_(std::move(device)), model_(std::move(model)) {}

absl::StatusOr<std::unique_ptr<LocalModel>> LocalModel::Load(const LocalModelChoice& choice) {
  CONVOY_ASSIGN_OR_RETURN(const models::ModelSource source, ChooseSource(choice.model));
  CONVOY_ASSIGN_OR_RETURN(std::unique_ptr<compute::Device> device,
                          compute::OpenDevice(choice.device, choice.options));
  CONVOY_ASSIGN_OR_RETURN(std::unique_ptr<models::Model> model,
                          models::Model::Load(source, *device, {}));
  return std::unique_ptr<LocalModel>(new LocalModel(std::move(device), std::move(model)));
}

absl::StatusOr<client::Classification> LocalModel::Classify(const client::ClassifyCall& call) {
  const models::ModelSpec& spec = model_->spec();
  const std::vector<std::string>& images = call.images;
  CONVOY_ASSIGN_OR_RETURN(const compute::TensorSpec input_spec, server::ImageInputSpec(spec));
  if (call.want_class_map) CONVOY_RETURN_IF_ERROR(server::CheckGivesClassMap(spec));
  v1::ClassifyResponse response;
  response.set_model_name(model_->source().name);
  response.set_model_version(std::to_string(model_->source().version));
  std::vector<Input> inputs(images.size());
  std::vector<size_t> decoded;
  for (size_t i = 0; i < images.size(); ++i) {
    v1::ImageResult& result = *response.add_results();
    const absl::Time begin = absl::Now();
    inputs[i].tensor = compute::HostTensor(input_spec);
    const absl::Status status =
        models::DecodeToTensor(std::as_bytes(std::span(images[i].data(), images[i].size())),
                               *spec.image, inputs[i].tensor.mutable_view(), &inputs[i].seen);
    result.mutable_times()->set_decode_us(MicrosecondsSince(begin));
    if (!status.ok()) SetError(status, result);
    if (status.ok()) decoded.push_back(i);
  }
  const size_t most = static_cast<size_t>(model_->max_rows());
  for (size_t first = 0; first < decoded.size(); first += most) {
    const size_t rows = std::min(most, decoded.size() - first);
    CONVOY_RETURN_IF_ERROR(
        RunBatch(std::span(decoded).subspan(first, rows), inputs, call, response));
  }
  return client::DecodeClassify(response, images.size());
}

absl::Status LocalModel::RunBatch(std::span<const size_t> rows, std::span<const Input> inputs,
                                  const client::ClassifyCall& call,
                                  v1::ClassifyResponse& response) {
  const absl::Time begin = absl::Now();
  std::vector<models::BatchItem> items(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) items[i].inputs = {inputs[rows[i]].tensor.view()};
  CONVOY_ASSIGN_OR_RETURN(const models::RunReport report, model_->Run(items));
  const uint64_t compute_us = MicrosecondsSince(begin);
  for (size_t i = 0; i < rows.size(); ++i) {
    v1::ImageResult& result = *response.mutable_results(static_cast<int>(rows[i]));
    const compute::TensorView output = items[i].outputs[0].view();
    server::AddClasses(output, model_->spec(), call.top_k, result);
    if (call.want_class_map) {
      CONVOY_RETURN_IF_ERROR(
          server::AddClassMap(output, model_->spec(), inputs[rows[i]].seen, result));
    }
    result.set_batch_size(static_cast<uint32_t>(report.rows));
    result.mutable_times()->set_compute_us(compute_us);
    result.mutable_times()->set_total_us(result.times().decode_us() + compute_us);
  }
  return absl::OkStatus();
}

}  // namespace convoy::cli
