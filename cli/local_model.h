// A model of a repository, run in this process: `convoy classify` without a server.
//
//   CONVOY_ASSIGN_OR_RETURN(std::unique_ptr<LocalModel> model,
//                           LocalModel::Load({{"models/bundled", "lenet5", ""}, "cpu"}));
//   CONVOY_ASSIGN_OR_RETURN(client::Classification answer, model->Classify({.images =
//   {png_bytes}}));
//
// Used by one thread at a time.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cli/model_choice.h"
#include "client/client.h"
#include "compute/runtime/device.h"
#include "convoy/v1/classify.pb.h"
#include "models/image/image_input.h"
#include "models/model.h"

namespace convoy::cli {

struct LocalModelChoice {
  ModelChoice model;
  std::string device;
  compute::DeviceOptions options;
};

class LocalModel {
 public:
  static absl::StatusOr<std::unique_ptr<LocalModel>> Load(const LocalModelChoice& choice);

  // The same answers as the server's: an image that fails carries its own status. Images run in
  // batches as large as the model allows. The call's model and version are not looked at.
  absl::StatusOr<client::Classification> Classify(const client::ClassifyCall& call);

 private:
  LocalModel(std::unique_ptr<compute::Device> device, std::unique_ptr<models::Model> model);

  // An image as the model takes it, and what part of the picture that shows.
  struct Input {
    compute::HostTensor tensor;
    models::ImageRegion seen;
  };

  // Runs the images `rows` of `inputs` as one batch and fills in their results.
  absl::Status RunBatch(std::span<const size_t> rows, std::span<const Input> inputs,
                        const client::ClassifyCall& call, v1::ClassifyResponse& response);

  std::unique_ptr<compute::Device> device_;
  std::unique_ptr<models::Model> model_;
};

}  // namespace convoy::cli
