// Where model versions end. The last request that holds one may let go of it on a thread of gRPC's
// or of the model's own batches, which must not wait for that model's end; so a thread of its own
// ends them, and gives their memory back to the system.
//
//   Registry::Handle handle = retired.Hold(std::move(model));
//
// Thread-safe. The destructor ends what has come by then; what is let go of later ends in the
// thread that does so.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "server/registry/registry.h"

namespace convoy::server {

class RetiredModels {
 public:
  RetiredModels();
  ~RetiredModels();
  RetiredModels(const RetiredModels&) = delete;
  RetiredModels& operator=(const RetiredModels&) = delete;

  // A handle whose last owner leaves the model here.
  Registry::Handle Hold(std::unique_ptr<ServedModel> model);

 private:
  // Outlives RetiredModels in the handles.
  struct Shelf {
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<std::unique_ptr<ServedModel>> models;  // guarded by mutex
    bool closed = false;                               // guarded by mutex
  };

  static void Put(Shelf& shelf, std::unique_ptr<ServedModel> model);
  void Loop();

  const std::shared_ptr<Shelf> shelf_;
  std::thread thread_;
};

}  // namespace convoy::server
