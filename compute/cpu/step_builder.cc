#include "compute/cpu/step_builder.h"

#include <string>
#include <string_view>

namespace convoy::compute {

dnnl::primitive_attr OnednnStepBuilder::Attributes(const dnnl::post_ops& post_ops) {
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  attributes.set_post_ops(post_ops);
  return attributes;
}

void OnednnStepBuilder::Read(int arg, int input, const Layout& wanted) {
  if (wanted.dims() == dims(input)) {
    reads_.push_back({arg, input, nullptr, std::nullopt, wanted, wanted, {}, 0, {}});
  } else {
    ReadView(arg, input, RowMajor(wanted.dims()), wanted);
  }
}

void OnednnStepBuilder::ReadView(int arg, int input, const Layout& view, const Layout& wanted) {
  reads_.push_back({arg, input, nullptr, view, wanted, wanted, {}, 0, {}});
}

void OnednnStepBuilder::ReadInPlace(int arg, int input, const Layout& seen) {
  reads_.push_back({arg, input, nullptr, std::nullopt, layout(input), seen, {}, 0, {}});
}

void OnednnStepBuilder::ReadPacked(int arg, HostTensor values, const Layout& view,
                                   const Layout& wanted) {
  reads_.push_back({arg,
                    -1,
                    std::make_shared<const HostTensor>(std::move(values)),
                    view,
                    wanted,
                    wanted,
                    {},
                    0,
                    {}});
}

void OnednnStepBuilder::ReadMade(int input, std::string recipe, int64_t floats,
                                 WeightCache::MakeWeights make) {
  const Layout made = RowMajor({floats});
  reads_.push_back(
      {0, input, nullptr, std::nullopt, made, made, std::move(recipe), floats, std::move(make)});
}

void OnednnStepBuilder::Write(const Layout& made) { made_ = made; }

void OnednnStepBuilder::WriteOver(int input, const Layout& made) {
  overwritten_ = input;
  made_ = made;
}

void OnednnStepBuilder::Alias(int input, const Layout& seen) {
  aliased_ = input;
  made_ = seen;
}

void OnednnStepBuilder::Execute(dnnl::primitive primitive,
                                const dnnl::primitive_desc_base& descriptor) {
  primitive_ = std::move(primitive);
  kernel_ = descriptor.impl_info_str();
  scratchpad_ = descriptor.scratchpad_desc();
}

void OnednnStepBuilder::ExecuteOwn(OwnKernel kernel, std::string name, int64_t scratch_floats) {
  own_ = std::move(kernel);
  kernel_ = std::move(name);
  scratchpad_ = scratch_floats > 0 ? RowMajor({scratch_floats}) : Layout();
}

void OnednnStepBuilder::Refuse(std::string_view kernel, std::string_view why, double trial_ms) {
  if (tuning_.explain) others_.push_back({std::string(kernel), std::string(why), trial_ms});
}

bool IsPlainLoop(const dnnl::primitive_desc_base& descriptor) {
  return std::string_view(descriptor.impl_info_str()).starts_with("ref");
}

}  // namespace convoy::compute
