// A model of a repository, run in this process: `convoy classify` without a server.
//
//   CONVOY_ASSIGN_OR_RETURN(std::unique_ptr<LocalModel> model,
//                           LocalModel::Load({"models/bundled", "lenet5", "", "cpu"}));
//   CONVOY_ASSIGN_OR_RETURN(client::Classification answer, model->Classify({png_bytes}, 1));
//
// Used by one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/client.h"
#include "compute/runtime/device.h"
#include "convoy/v1/classify.pb.h"
#include "models/model.h"

namespace convoy::cli {

struct LocalModelChoice {
  std::string repository;
  std::string name;     // empty: the only model
  std::string version;  // empty: the highest
  std::string device;
};

class LocalModel {
 public:
  // INVALID_ARGUMENT lists the models when `name` is empty and there are several.
  static absl::StatusOr<std::unique_ptr<LocalModel>> Load(const LocalModelChoice& choice);

  // The same answers as the server's: an image that fails carries its own status. Images run in
  // batches as large as the model allows.
  absl::StatusOr<client::Classification> Classify(const std::vector<std::string>& images,
                                                  uint32_t top_k);

 private:
  LocalModel(std::unique_ptr<compute::Device> device, std::unique_ptr<models::Model> model);

  // Runs the images `rows` of `inputs` as one batch and fills in their results.
  absl::Status RunBatch(std::span<const size_t> rows, std::span<const compute::HostTensor> inputs,
                        uint32_t top_k, v1::ClassifyResponse& response);

  std::unique_ptr<compute::Device> device_;
  std::unique_ptr<models::Model> model_;
};

}  // namespace convoy::cli
