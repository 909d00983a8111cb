// A kernel of a step's family that the step does not run, and why not: what `convoy profile
// --explain` lists.
#pragma once

#include <string>

namespace convoy::compute {

struct OtherKernel {
  std::string kernel;
  std::string why;      // one clause: what it cannot do here, or what it lost by
  double trial_ms = 0;  // of the trial on this step's sizes that it lost; 0: it was not timed
};

}  // namespace convoy::compute
