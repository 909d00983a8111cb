// convoy.v1.ClassifyService: see proto/convoy/v1/classify.proto. Thread-safe; `core` must outlive
// it.
#pragma once

#include "convoy/v1/classify.grpc.pb.h"
#include "server/rpc/service_core.h"

namespace convoy::server {

class ClassifyService : public convoy::v1::ClassifyService::CallbackService {
 public:
  explicit ClassifyService(ServiceCore& core) : core_(core) {}

  grpc::ServerUnaryReactor* Classify(grpc::CallbackServerContext* context,
                                     const convoy::v1::ClassifyRequest* request,
                                     convoy::v1::ClassifyResponse* response) override;

 private:
  ServiceCore& core_;
};

}  // namespace convoy::server
