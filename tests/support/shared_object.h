// A POSIX shared memory object of this process, as a client makes it. Its name is gone with it.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/str_format.h"

namespace convoy::testing {

class SharedObject {
 public:
  // Zero-filled. `name` tells the objects of one test program apart.
  SharedObject(const std::string& name, size_t size)
      : key_(absl::StrFormat("/convoy_%s_%d", name, getpid())), size_(size) {
    fd_ = shm_open(key_.c_str(), O_RDWR | O_CREAT | O_EXCL, 0600);
    Resize(size);
    void* const mapped = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd_, 0);
    EXPECT_NE(mapped, MAP_FAILED);
    bytes_ = static_cast<char*>(mapped);
  }
  ~SharedObject() {
    munmap(bytes_, size_);
    close(fd_);
    shm_unlink(key_.c_str());
  }
  SharedObject(const SharedObject&) = delete;
  SharedObject& operator=(const SharedObject&) = delete;

  const std::string& key() const { return key_; }
  char* bytes() const { return bytes_; }  // beyond a smaller size they must not be touched

  void Resize(size_t size) { EXPECT_EQ(ftruncate(fd_, static_cast<off_t>(size)), 0); }
  int64_t SizeNow() const {
    struct stat facts {};
    EXPECT_EQ(fstat(fd_, &facts), 0);
    return facts.st_size;
  }

 private:
  const std::string key_;
  const size_t size_;
  int fd_ = -1;
  char* bytes_ = nullptr;
};

}  // namespace convoy::testing
