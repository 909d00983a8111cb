// What `convoy serve` says once it is ready. Pure.
#pragma once

#include <string>
#include <vector>

#include "compute/runtime/device.h"
#include "server/registry/model_loader.h"

namespace convoy::server {

struct BannerFacts {
  std::string version;
  compute::DeviceFacts device;
  LoadResult models;
  std::string host;
  int grpc_port = 0;
  int metrics_port = 0;  // 0: switched off
};

// At most 15 lines: device, models, failures, endpoints, and one command to try.
std::string RenderBanner(const BannerFacts& facts);

}  // namespace convoy::server
