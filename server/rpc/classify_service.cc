#include "server/rpc/classify_service.h"

#include "server/rpc/classify_call.h"

namespace convoy::server {

grpc::ServerUnaryReactor* ClassifyService::Classify(grpc::CallbackServerContext* context,
                                                    const convoy::v1::ClassifyRequest* request,
                                                    convoy::v1::ClassifyResponse* response) {
  return (new ClassifyCall(core_, *context, *request, *response))->Start();
}

}  // namespace convoy::server
