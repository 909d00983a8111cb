// The C++ client of a Convoy server, or of any server of the Open Inference Protocol (all but
// Classify).
//
//   CONVOY_ASSIGN_OR_RETURN(std::unique_ptr<Client> client, Client::Connect("localhost:8001", {}));
//   ClassifyCall call{.model = "lenet5", .images = {png_bytes}, .top_k = 1};
//   CONVOY_ASSIGN_OR_RETURN(Classification answer, client->Classify(call, {}));
//   answer.images[0].classes[0].label;
//
// Thread-safe: calls run side by side over one connection. Each call blocks until its answer or its
// deadline. Errors carry the server's code and text. Plain values; no gRPC type shows here.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace inference {
class ModelConfig;  // inference/model_config.pb.h
}  // namespace inference

namespace convoy::client {

// How to speak to a server that asks for more. PEM texts; empty roots mean the system's.
struct Credentials {
  bool tls = false;
  std::string root_certificates;
  std::string certificate, key;  // the client's own, for mutual TLS
  std::string token;             // sent with every call as "authorization: Bearer TOKEN"
};

struct ConnectOptions {
  absl::Duration timeout = absl::Seconds(5);
  bool wait_for_server = false;  // keep trying until the timeout instead of failing when refused
  Credentials credentials;
};

struct CallOptions {
  absl::Duration timeout = absl::Seconds(60);  // DEADLINE_EXCEEDED after it; the server knows it
};

struct ClassifyCall {
  std::string model;                // empty: the server's only model
  std::string version;              // empty: the highest
  std::vector<std::string> images;  // JPEG or PNG files
  uint32_t top_k = 0;               // 0: the server's default
  bool want_class_map = false;      // FAILED_PRECONDITION from models that score whole pictures
};

struct ClassScore {
  uint32_t index = 0;
  std::string label;      // empty when the model has no labels
  float probability = 0;  // of a model that scores every pixel: the class's share of the pixels
};

// The best class of each pixel of the part of the upright picture between the four borders, which
// are in its pixels. Its rows and columns are not those of the picture.
struct ClassMap {
  int64_t height = 0;
  int64_t width = 0;
  std::string classes;  // height * width class indices, a byte each, rows from the top
  double left = 0;
  double top = 0;
  double right = 0;
  double bottom = 0;
};

struct ImageAnswer {
  absl::Status status;                           // why this image failed while others may not have
  std::vector<ClassScore> classes;               // best first
  std::optional<ClassMap> class_map;             // when it was asked for
  uint32_t batch_size = 0;                       // rows of the batch it rode in
  absl::Duration decode, queue, compute, total;  // inside the server
};

struct Classification {
  std::string model;
  std::string version;
  std::vector<ImageAnswer> images;  // as many as asked, in order
};

// `bytes` is dense, row-major and little-endian.
struct Tensor {
  std::string name;
  std::string datatype;  // "FP32", "INT64", ...
  std::vector<int64_t> shape;
  std::string bytes;
};

struct InferCall {
  std::string model;
  std::string version;
  std::vector<Tensor> inputs;
  std::vector<std::string> outputs;  // empty: all
};

struct Inference {
  std::string model;
  std::string version;
  std::vector<Tensor> outputs;
};

struct TensorDescription {
  std::string name;
  std::string datatype;
  std::vector<int64_t> shape;  // -1: chosen by each request
};

struct ModelDescription {
  std::string name;
  std::vector<std::string> versions;
  std::string platform;
  std::vector<TensorDescription> inputs;
  std::vector<TensorDescription> outputs;
};

struct ServerDescription {
  std::string name;
  std::string version;
  std::vector<std::string> extensions;
};

// What a server has counted of a model since it was loaded, over all versions asked for.
struct ModelCounters {
  int64_t rows = 0;  // of successful requests
  int64_t batches = 0;
  int64_t requests = 0;  // successful ones; the times below are theirs, summed
  absl::Duration total, queue, compute_input, compute_infer, compute_output;
};

class Client {
 public:
  // `url` as ParseUrl takes it. UNAVAILABLE when no server answers there in time.
  static absl::StatusOr<std::unique_ptr<Client>> Connect(std::string_view url,
                                                         const ConnectOptions& options);
  ~Client();

  // INTERNAL when the server answers for another number of images than asked; an image whose
  // class map is damaged carries that status itself.
  absl::StatusOr<Classification> Classify(const ClassifyCall& call, const CallOptions& options);

  // INTERNAL when the server's answer does not hold one byte string an output.
  absl::StatusOr<Inference> Infer(const InferCall& call, const CallOptions& options);

  // OK when grpc.health.v1 says SERVING, UNAVAILABLE with the server's word otherwise.
  absl::Status CheckHealth(const CallOptions& options);

  absl::StatusOr<bool> ModelReady(std::string_view model, const CallOptions& options);
  absl::StatusOr<ServerDescription> DescribeServer(const CallOptions& options);
  absl::StatusOr<ModelDescription> DescribeModel(std::string_view model, std::string_view version,
                                                 const CallOptions& options);
  absl::StatusOr<ModelCounters> CountModel(std::string_view model, std::string_view version,
                                           const CallOptions& options);
  absl::StatusOr<inference::ModelConfig> ConfigOf(std::string_view model, std::string_view version,
                                                  const CallOptions& options);

  // Loads the model, or again where its files or config have changed, and returns when it serves.
  // `config` stands in for its config.pbtxt unless it is empty: JSON, for Convoy also the text of
  // such a file. UNAVAILABLE from servers that are not told to take such orders.
  absl::Status LoadModel(std::string_view model, std::string_view config,
                         const CallOptions& options);

 private:
  struct Impl;
  explicit Client(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace convoy::client
