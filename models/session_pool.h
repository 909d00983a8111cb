// Sessions of one plan that several threads share: each takes a free one and gives it back.
//
//   SessionPool pool;
//   pool.Add(std::move(session));
//   const SessionPool::Lease lease = pool.Take();   // waits while all are taken
//   lease->Run();
//
// Thread-safe but for Add, which comes first. Outlives its leases.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "compute/runtime/device.h"

namespace convoy::models {

class SessionPool {
 public:
  // One session, until the end of the lease.
  class Lease {
   public:
    Lease(SessionPool& pool, compute::Session& session) : pool_(pool), session_(session) {}
    ~Lease() { pool_.GiveBack(session_); }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;

    compute::Session& operator*() const { return session_; }
    compute::Session* operator->() const { return &session_; }

   private:
    SessionPool& pool_;
    compute::Session& session_;
  };

  void Add(std::unique_ptr<compute::Session> session);

  // The pool must not be empty. The session that came back last goes first: its memory is likeliest
  // to be in a cache.
  Lease Take();

  const std::vector<std::unique_ptr<compute::Session>>& sessions() const { return sessions_; }

 private:
  void GiveBack(compute::Session& session);

  std::vector<std::unique_ptr<compute::Session>> sessions_;
  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<compute::Session*> free_;  // guarded by mutex_
};

}  // namespace convoy::models
