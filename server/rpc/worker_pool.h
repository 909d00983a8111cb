// A few threads for work that would hold up gRPC's own, such as decoding images.
//
//   WorkerPool pool(4);
//   if (!pool.Post([] { ... })) ...   // the pool has its fill
//
// Thread-safe. The destructor runs what is posted and ends the threads. Tasks do not throw.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace convoy::server {

class WorkerPool {
 public:
  static constexpr size_t kMaxWaiting = 4096;

  explicit WorkerPool(int threads);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // False, and the task is dropped, when kMaxWaiting tasks wait.
  [[nodiscard]] bool Post(std::function<void()> task);

 private:
  void Loop();

  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::deque<std::function<void()>> tasks_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace convoy::server
