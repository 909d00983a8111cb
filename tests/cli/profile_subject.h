// What the tests of profile reports share.
#pragma once

#include <string>
#include <utility>

#include "cli/profile_report.h"

namespace convoy::cli {

// Version 3 of "net" on two threads of a device, under a roof of 200 GF/s and 10 GB/s.
inline ProfileSubject SubjectOn(std::string id, std::string name) {
  ProfileSubject subject{.model = "net", .version = 3};
  subject.device.id = std::move(id);
  subject.device.name = std::move(name);
  subject.threads = 2;
  subject.roof = Roofline{2, "AVX2", 200e9, 10e9};
  return subject;
}

}  // namespace convoy::cli
