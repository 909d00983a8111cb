#include "server/registry/retired_models.h"

#include <malloc.h>

#include <utility>

namespace convoy::server {
namespace {

// glibc keeps freed memory in its arenas. A model's weights are large and rarely fit what the next
// model asks for, so the process would grow with every load.
void ReturnFreedMemory() {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

}  // namespace

RetiredModels::RetiredModels() : shelf_(std::make_shared<Shelf>()), thread_([this] { Loop(); }) {}

RetiredModels::~RetiredModels() {
  {
    const std::lock_guard lock(shelf_->mutex);
    shelf_->closed = true;
    shelf_->changed.notify_all();
  }
  thread_.join();
}

Registry::Handle RetiredModels::Hold(std::unique_ptr<ServedModel> model) {
  return {model.release(), [shelf = shelf_](ServedModel* retired) {
            Put(*shelf, std::unique_ptr<ServedModel>(retired));
          }};
}

// Closed, the shelf takes nothing: the model ends here.
void RetiredModels::Put(Shelf& shelf, std::unique_ptr<ServedModel> model) {
  const std::lock_guard lock(shelf.mutex);
  if (shelf.closed) return;
  shelf.models.push_back(std::move(model));
  shelf.changed.notify_all();
}

void RetiredModels::Loop() {
  while (true) {
    std::vector<std::unique_ptr<ServedModel>> models;
    {
      std::unique_lock lock(shelf_->mutex);
      shelf_->changed.wait(lock, [this] { return !shelf_->models.empty() || shelf_->closed; });
      models.swap(shelf_->models);
    }
    if (models.empty()) return;
    models.clear();
    ReturnFreedMemory();
  }
}

}  // namespace convoy::server
