// One thread that works off jobs, one after the other, and does a periodic job in between.
//
//   JobThread thread(absl::Seconds(15), [] { return LookAround(); });
//   thread.Post([] { return Load(); }, [](const absl::Status& status) { Reply(status); });
//   thread.StartTicking();
//
// Every job is answered exactly once, from any thread, perhaps before Post returns, and never under
// a lock. Thread-safe. The destructor waits for the job that runs.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace convoy::server {

class JobThread {
 public:
  using Work = std::function<absl::Status()>;
  using Done = std::function<void(const absl::Status&)>;

  static constexpr size_t kMaxWaiting = 1024;

  JobThread(absl::Duration interval, Work tick);
  ~JobThread();
  JobThread(const JobThread&) = delete;
  JobThread& operator=(const JobThread&) = delete;

  // UNAVAILABLE when kMaxWaiting jobs wait, and after Stop.
  void Post(Work work, Done done);
  // Post, and waits for the answer.
  absl::Status Run(Work work);

  // From now on `tick` runs whenever no job has come for the interval.
  void StartTicking();

  // Answers all that waits, the job that runs included, with UNAVAILABLE, and starts nothing more.
  void Stop();
  // Stop, and waits for the job that runs.
  void Finish();

  bool busy() const;
  bool stopping() const;

 private:
  struct Job {
    Work work;
    Done done;
  };

  void Loop();
  void RunJob(std::unique_lock<std::mutex>& lock);

  const absl::Duration interval_;
  const Work tick_;

  mutable std::mutex mutex_;  // guards what follows, down to the thread
  std::condition_variable wake_;
  std::deque<Job> jobs_;
  std::optional<Job> running_;  // its work is taken out; Stop takes `done`
  bool ticks_ = false;
  bool stopping_ = false;

  std::thread thread_;
};

}  // namespace convoy::server
