#include <algorithm>
#include <vector>

#include "compute/ops/onednn_ops.h"

namespace convoy::compute {
namespace {

// The parts in one order of dimensions, so that whole runs of them are copied: that of the first
// part which is not row-major. Blocks of channels are kept only where every part has them.
std::vector<Layout> CommonLayouts(const OnednnStepBuilder& builder) {
  std::vector<Layout> layouts;
  for (int i = 0; i < builder.inputs(); ++i) layouts.push_back(builder.layout(i));
  if (std::all_of(layouts.begin(), layouts.end(), IsBlocked)) return layouts;
  const auto guide = std::find_if(layouts.begin(), layouts.end(), [](const Layout& layout) {
    return !IsRowMajor(layout) && !IsBlocked(layout);
  });
  for (int i = 0; i < builder.inputs(); ++i) {
    const Dims dims = builder.dims(i);
    layouts[i] = guide == layouts.end() ? RowMajor(dims) : InOrderOf(*guide, dims);
  }
  return layouts;
}

}  // namespace

absl::Status BuildOnednn(const ConcatParams& params, OnednnStepBuilder& builder) {
  const std::vector<Layout> layouts = CommonLayouts(builder);
  const dnnl::concat::primitive_desc kernel(params.axis, layouts, builder.engine(),
                                            OnednnStepBuilder::Attributes());
  for (int i = 0; i < builder.inputs(); ++i) {
    builder.Read(DNNL_ARG_MULTIPLE_SRC + i, i, layouts[i]);
  }
  builder.Write(kernel.dst_desc());
  builder.Execute(dnnl::concat(kernel), kernel);
  return absl::OkStatus();
}

}  // namespace convoy::compute
