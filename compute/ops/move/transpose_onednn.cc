#include <vector>

#include "compute/ops/onednn_ops.h"

namespace convoy::compute {

absl::Status BuildOnednn(const TransposeParams& params, OnednnStepBuilder& builder) {
  // oneDNN wants to know where a dimension goes, ONNX says where it comes from.
  std::vector<int> goes_to(params.perm.size());
  for (size_t i = 0; i < params.perm.size(); ++i) goes_to[params.perm[i]] = static_cast<int>(i);
  const Layout source =
      params.perm.empty() ? builder.layout(0) : builder.layout(0).permute_axes(goes_to);
  // From channels-last to N, H, W, C is no move at all.
  if (IsRowMajor(source)) {
    builder.Alias(0, source);
    return absl::OkStatus();
  }
  const Layout made = RowMajor(builder.output_dims());
  const dnnl::reorder::primitive_desc kernel(builder.engine(), source, builder.engine(), made,
                                             OnednnStepBuilder::Attributes());
  builder.ReadInPlace(DNNL_ARG_FROM, 0, source);
  builder.Write(made);
  builder.Execute(dnnl::reorder(kernel), kernel);
  return absl::OkStatus();
}

}  // namespace convoy::compute
