// As compute/cpu/avx2_absent.cc.
#include <cstdlib>

#include "compute/ops/conv/winograd_avx2.h"

namespace convoy::compute {

void WinogradTransformAvx2(const WinogradMap&, float*, int64_t) { std::abort(); }
void WinogradInverseAvx2(const float*, int64_t, int64_t, const WinogradMap&,
                         const WinogradEpilogue&) {
  std::abort();
}

}  // namespace convoy::compute
