#include "compute/runtime/step_kernels.h"

namespace convoy::compute {

std::vector<std::string> KernelsOfSteps(const Plan& plan, const SessionReport& report) {
  std::vector<std::string> kernels(plan.steps.size());
  size_t next = 0;  // names may repeat, but the report keeps the plan's order
  for (size_t step = 0; step < plan.steps.size(); ++step) {
    for (size_t i = next; i < report.steps.size(); ++i) {
      if (report.steps[i].step != plan.steps[step].name) continue;
      kernels[step] = report.steps[i].kernel;
      next = i + 1;
      break;
    }
  }
  return kernels;
}

}  // namespace convoy::compute
