// In place of the kernels for AVX2 where the processor is no x86-64: CpuRunsAvx2 is false there,
// and who calls them asks it first.
#include <cstdlib>

#include "compute/cpu/panel_product_avx2.h"
#include "compute/cpu/vector_finish_avx2.h"

namespace convoy::compute {

void PanelProductAvx2(const PanelProduct&) { std::abort(); }
void RowProductAvx2(const RowProduct&) { std::abort(); }
void FinishAvx2(const VectorFinish&) { std::abort(); }
void PoolMaxAvx2(const float*, int64_t, int64_t, const int64_t*, int64_t, float*) { std::abort(); }
void PoolSumAvx2(const float*, int64_t, int64_t, const int64_t*, int64_t, float, float*) {
  std::abort();
}

}  // namespace convoy::compute
