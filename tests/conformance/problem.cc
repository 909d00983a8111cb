#include "tests/conformance/problem.h"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <random>

#include "compute/base/status.h"

namespace convoy::testing {
namespace {

// Where saturating functions still bend, and beyond.
constexpr ValueRange kWideRange{-8, 8};
// Away from 0: divisors, variances.
constexpr ValueRange kPositiveRange{0.5F, 1.5F};

// The element type that field `key` names: type=INT64.
compute::DType TypeOf(CaseFields& fields, const std::string& key = "type",
                      std::string_view fallback = "FP32") {
  const auto dtype = compute::DTypeFromName(fields.Word(key, fallback));
  if (dtype.has_value()) return *dtype;
  fields.Fail(absl::StrFormat("%s names no element type", key));
  return {};
}

// Integers that all bits take part in; floats as usual.
ValueRange RangeOf(compute::DType dtype) {
  if (compute::IsFloat(dtype)) return {};
  return compute::IsUnsigned(dtype) ? ValueRange{0, 200} : ValueRange{-100, 100};
}

Operand OperandOf(CaseFields& fields, const std::string& key, ValueRange range = {},
                  compute::DType dtype = compute::DType::kFloat32) {
  return {fields.ShapeOf(key), !fields.IsBatched(key), range, dtype};
}

// Of any type, for operators that only move elements: type=INT64.
Operand MovedOperandOf(CaseFields& fields, const std::string& key) {
  const compute::DType dtype = TypeOf(fields);
  if (compute::IsFloat(dtype)) return OperandOf(fields, key, {}, dtype);
  const bool is_unsigned = compute::IsUnsigned(dtype);
  return OperandOf(fields, key, is_unsigned ? ValueRange{0, 255} : ValueRange{-128, 127}, dtype);
}

Operand Weights(const compute::Shape& shape, ValueRange range = {}) { return {shape, true, range}; }

// The kind whose name field `key` gives; `names` is by kind.
template <typename Kind>
Kind NamedKind(CaseFields& fields, const std::string& key, std::string_view fallback,
               std::span<const std::string_view> names) {
  const auto found = std::find(names.begin(), names.end(), fields.Word(key, fallback));
  if (found == names.end()) {
    fields.Fail(absl::StrFormat("%s has an unknown value", key));
    return {};
  }
  return static_cast<Kind>(found - names.begin());
}

// act=relu, act=leaky_relu alpha=0.1, act=clip alpha=0 beta=6.
compute::ActivationParams ActivationOf(CaseFields& fields) {
  const auto kind =
      NamedKind<compute::ActivationKind>(fields, "act", "none", compute::kActivationNames);
  return {kind, fields.Number("alpha", 0), fields.Number("beta", 0)};
}

template <typename Kind>
Kind KindOf(CaseFields& fields, const std::string& key, std::string_view fallback,
            const std::map<std::string, Kind>& kinds) {
  const auto found = kinds.find(fields.Word(key, fallback));
  if (found != kinds.end()) return found->second;
  fields.Fail(absl::StrFormat("%s has an unknown value", key));
  return {};
}

// The last entries of a D, H, W array; all of it stays as it is when the field is left out.
void ReadSpatial(CaseFields& fields, const std::string& key, std::span<const int64_t> values,
                 int rank, compute::Spatial& spatial) {
  if (values.empty()) return;
  if (static_cast<int>(values.size()) != rank) {
    fields.Fail(absl::StrFormat("%s has %d entries instead of %d", key, values.size(), rank));
    return;
  }
  std::copy(values.begin(), values.end(), spatial.end() - rank);
}

compute::Window WindowOf(CaseFields& fields, std::span<const int64_t> kernel, int rank) {
  compute::Window window;
  window.rank = rank;
  ReadSpatial(fields, "kernel", kernel, rank, window.kernel);
  ReadSpatial(fields, "stride", fields.Numbers("stride"), rank, window.strides);
  ReadSpatial(fields, "dilation", fields.Numbers("dilation"), rank, window.dilations);
  const std::vector<int64_t> pads = fields.Numbers("pads");
  const size_t half = pads.size() / 2;
  ReadSpatial(fields, "pads", std::span(pads).first(half), rank, window.pads_begin);
  ReadSpatial(fields, "pads", std::span(pads).last(pads.size() - half), rank, window.pads_end);
  return window;
}

// x=Nx3x224x224 w=64x7x7 (output channels, kernel) [stride dilation pads group act no_bias
// residual]
Problem MakeConv(CaseFields& fields) {
  const Operand x = OperandOf(fields, "x");
  const std::vector<int64_t> w = fields.Numbers("w");
  if (w.empty() || x.shape.rank() < 3) {
    fields.Fail("x or w is too short");
    return {};
  }
  compute::ConvParams params;
  params.window = WindowOf(fields, std::span(w).subspan(1), x.shape.rank() - 2);
  params.group = static_cast<int64_t>(fields.Number("group", 1));
  params.has_bias = !fields.Has("no_bias");
  params.activation = ActivationOf(fields);
  compute::Shape filter{w[0], x.shape[1] / params.group};
  for (size_t i = 1; i < w.size(); ++i) filter.Append(w[i]);
  Problem problem{params, {x, Weights(filter)}};
  if (params.has_bias) problem.operands.push_back(Weights({w[0]}));
  if (fields.Has("residual")) {
    std::vector<compute::TensorSpec> specs;
    for (const Operand& operand : problem.operands) {
      specs.push_back({compute::DType::kFloat32, operand.shape});
    }
    const absl::StatusOr<compute::TensorSpecs> y = InferShapes(params, specs);
    if (!y.ok()) {
      fields.Fail(std::string(y.status().message()));
      return problem;
    }
    params.has_residual = true;
    problem.op = params;
    problem.operands.push_back({y->front().shape, false, {}});
  }
  return problem;
}

// As conv, without residual; [output_padding].
Problem MakeConvTranspose(CaseFields& fields) {
  const Operand x = OperandOf(fields, "x");
  const std::vector<int64_t> w = fields.Numbers("w");
  if (w.empty() || x.shape.rank() < 3) {
    fields.Fail("x or w is too short");
    return {};
  }
  compute::ConvTransposeParams params;
  params.window = WindowOf(fields, std::span(w).subspan(1), x.shape.rank() - 2);
  ReadSpatial(fields, "output_padding", fields.Numbers("output_padding"), params.window.rank,
              params.output_padding);
  params.group = static_cast<int64_t>(fields.Number("group", 1));
  params.has_bias = !fields.Has("no_bias");
  params.activation = ActivationOf(fields);
  compute::Shape filter{x.shape[1], w[0] / params.group};
  for (size_t i = 1; i < w.size(); ++i) filter.Append(w[i]);
  Problem problem{params, {x, Weights(filter)}};
  if (params.has_bias) problem.operands.push_back(Weights({w[0]}));
  return problem;
}

compute::PoolKind PoolKindOf(CaseFields& fields) {
  return KindOf<compute::PoolKind>(fields, "kind", "",
                                   {{"max", compute::PoolKind::kMax},
                                    {"average", compute::PoolKind::kAverage},
                                    {"lp", compute::PoolKind::kLp}});
}

// x kind=max|average|lp kernel [stride dilation pads ceil_mode count_include_pad p
// indices=row_major|column_major]
Problem MakePool(CaseFields& fields) {
  const Operand x = OperandOf(fields, "x");
  compute::PoolParams params;
  params.kind = PoolKindOf(fields);
  params.window = WindowOf(fields, fields.Numbers("kernel"), x.shape.rank() - 2);
  params.ceil_mode = fields.Has("ceil_mode");
  params.count_include_pad = fields.Has("count_include_pad");
  params.p = static_cast<int64_t>(fields.Number("p", 2));
  params.indices =
      KindOf<compute::PoolIndices>(fields, "indices", "none",
                                   {{"none", compute::PoolIndices::kNone},
                                    {"row_major", compute::PoolIndices::kRowMajor},
                                    {"column_major", compute::PoolIndices::kColumnMajor}});
  return {params, {x}};
}

// x kind=max|average
Problem MakeGlobalPool(CaseFields& fields) {
  return {compute::GlobalPoolParams{PoolKindOf(fields)}, {OperandOf(fields, "x")}};
}

// x kind=max|average size
Problem MakeAdaptivePool(CaseFields& fields) {
  const Operand x = OperandOf(fields, "x");
  compute::AdaptivePoolParams params{.kind = PoolKindOf(fields), .rank = x.shape.rank() - 2};
  ReadSpatial(fields, "size", fields.Numbers("size"), params.rank, params.size);
  return {params, {x}};
}

// Where the maxima of a pooled random image stood: what a model gives an unpooling.
void FillWithPlaces(const compute::Window& window, const compute::Shape& image, uint32_t seed,
                    const compute::MutableTensorView& places) {
  std::minstd_rand random(seed);
  compute::HostTensor x(compute::TensorSpec{compute::DType::kFloat32, image});
  for (float& value : x.mutable_data<float>()) value = static_cast<float>(random() >> 8 & 0xFFFF);
  compute::PoolParams pool;
  pool.window = window;
  pool.indices = compute::PoolIndices::kRowMajor;
  compute::HostTensor maxima(compute::TensorSpec{compute::DType::kFloat32, places.spec.shape});
  const compute::TensorView input = x.view();
  const std::array<compute::MutableTensorView, 2> outputs{maxima.mutable_view(), places};
  RunReference(pool, std::span(&input, 1), outputs);
}

// x (the pooled image) kernel [stride pads]
Problem MakeMaxUnpool(CaseFields& fields) {
  const Operand x = OperandOf(fields, "x");
  compute::MaxUnpoolParams params;
  params.window = WindowOf(fields, fields.Numbers("kernel"), x.shape.rank() - 2);
  const compute::Window window = params.window;
  Operand indices{x.shape, false, {}, compute::DType::kInt64, {}};
  const std::array<compute::TensorSpec, 2> specs{
      compute::TensorSpec{compute::DType::kFloat32, x.shape},
      compute::TensorSpec{compute::DType::kInt64, x.shape}};
  const absl::StatusOr<compute::TensorSpecs> image = InferShapes(params, specs);
  if (!image.ok()) {
    fields.Fail(std::string(image.status().message()));
    return {};
  }
  indices.fill = [window, shape = image->front().shape](uint32_t seed,
                                                        const compute::MutableTensorView& values) {
    FillWithPlaces(window, shape, seed, values);
  };
  return {params, {x, indices}};
}

// x [kind=mean_variance|rms axis groups epsilon scale bias statistics]; scale and bias are shapes.
Problem MakeNormalize(CaseFields& fields) {
  compute::NormalizeParams params;
  params.kind =
      KindOf<compute::NormalizeKind>(fields, "kind", "mean_variance",
                                     {{"mean_variance", compute::NormalizeKind::kMeanVariance},
                                      {"rms", compute::NormalizeKind::kRootMeanSquare}});
  params.axis = static_cast<int>(fields.Number("axis", 1));
  params.groups = static_cast<int64_t>(fields.Number("groups", 1));
  params.epsilon = fields.Number("epsilon", params.epsilon);
  params.has_scale = fields.Has("scale");
  params.has_bias = fields.Has("bias");
  params.statistics = fields.Has("statistics");
  // Far from 0: the mean must not swallow the variance.
  const float offset = fields.Number("offset", 0);
  Problem problem{params, {OperandOf(fields, "x", {offset - 1, offset + 1})}};
  if (params.has_scale) problem.operands.push_back(OperandOf(fields, "scale"));
  if (params.has_bias) problem.operands.push_back(OperandOf(fields, "bias"));
  return problem;
}

// x size [alpha beta bias]
Problem MakeLrn(CaseFields& fields) {
  compute::LrnParams params;
  params.size = static_cast<int64_t>(fields.Number("size", 5));
  params.alpha = fields.Number("alpha", params.alpha);
  params.beta = fields.Number("beta", params.beta);
  params.bias = fields.Number("bias", params.bias);
  return {params, {OperandOf(fields, "x", kWideRange)}};
}

// x [epsilon]
Problem MakeBatchNorm(CaseFields& fields) {
  const Operand x = OperandOf(fields, "x");
  if (x.shape.rank() < 2) {
    fields.Fail("x is too short");
    return {};
  }
  const compute::Shape channels{x.shape[1]};
  return {compute::BatchNormParams{fields.Number("epsilon", compute::BatchNormParams{}.epsilon)},
          {x, Weights(channels), Weights(channels), Weights(channels),
           Weights(channels, kPositiveRange)}};
}

// x act [alpha beta]
Problem MakeActivation(CaseFields& fields) {
  return {ActivationOf(fields), {OperandOf(fields, "x", kWideRange)}};
}

// least=-1 most=1: where the values of the operands are drawn from.
ValueRange RangeOf(CaseFields& fields, ValueRange fallback) {
  return {fields.Number("least", fallback.least), fields.Number("most", fallback.most)};
}

// x kind [alpha beta type least most]
Problem MakeUnary(CaseFields& fields) {
  compute::UnaryParams params;
  params.kind = NamedKind<compute::UnaryKind>(fields, "kind", "", compute::kUnaryNames);
  params.alpha = fields.Number("alpha", 0);
  params.beta = fields.Number("beta", 0);
  const compute::DType dtype = TypeOf(fields);
  return {params, {OperandOf(fields, "x", RangeOf(fields, kWideRange), dtype)}};
}

// a b kind [act type least most]; least and most are those of b.
Problem MakeBinary(CaseFields& fields) {
  compute::BinaryParams params;
  params.kind = NamedKind<compute::BinaryKind>(fields, "kind", "", compute::kBinaryNames);
  params.activation = ActivationOf(fields);
  const compute::DType dtype = TypeOf(fields);
  const bool divides = params.kind == compute::BinaryKind::kDiv;
  ValueRange a_range;
  if (compute::IsInteger(dtype)) {
    a_range = compute::IsUnsigned(dtype) ? ValueRange{0, 250} : ValueRange{-120, 120};
  }
  const ValueRange range =
      RangeOf(fields, divides && compute::IsFloat(dtype) ? kPositiveRange : a_range);
  return {params, {OperandOf(fields, "a", a_range, dtype), OperandOf(fields, "b", range, dtype)}};
}

// c a b [type]: c is the condition.
Problem MakeWhere(CaseFields& fields) {
  const compute::DType dtype = TypeOf(fields);
  const ValueRange range = compute::IsFloat(dtype) ? ValueRange{} : ValueRange{0, 100};
  return {compute::WhereParams{},
          {OperandOf(fields, "c", {}, compute::DType::kBool), OperandOf(fields, "a", range, dtype),
           OperandOf(fields, "b", range, dtype)}};
}

// a b [c] [alpha beta trans_a trans_b act]; the activation's own numbers are not settable here.
Problem MakeGemm(CaseFields& fields) {
  compute::GemmParams params;
  params.alpha = fields.Number("alpha", 1);
  params.beta = fields.Number("beta", 1);
  params.trans_a = fields.Has("trans_a");
  params.trans_b = fields.Has("trans_b");
  params.has_bias = fields.Has("c");
  params.activation.kind = ActivationOf(fields).kind;
  Problem problem{params, {OperandOf(fields, "a"), OperandOf(fields, "b")}};
  if (params.has_bias) problem.operands.push_back(OperandOf(fields, "c"));
  return problem;
}

// a b
Problem MakeMatMul(CaseFields& fields) {
  return {compute::MatMulParams{}, {OperandOf(fields, "a"), OperandOf(fields, "b")}};
}

// x axis [kind=softmax|log_softmax|hardmax]
Problem MakeSoftmax(CaseFields& fields) {
  const auto kind =
      KindOf<compute::SoftmaxKind>(fields, "kind", "softmax",
                                   {{"softmax", compute::SoftmaxKind::kSoftmax},
                                    {"log_softmax", compute::SoftmaxKind::kLogSoftmax},
                                    {"hardmax", compute::SoftmaxKind::kHardmax}});
  return {compute::SoftmaxParams{static_cast<int>(fields.Number("axis", 1)), kind},
          {OperandOf(fields, "x", kWideRange)}};
}

// Integers are few and small, so that there are equals.
Operand NumbersOf(CaseFields& fields, const std::string& key) {
  const compute::DType dtype = TypeOf(fields);
  const ValueRange range = compute::IsFloat(dtype)      ? ValueRange{}
                           : compute::IsUnsigned(dtype) ? ValueRange{0, 9}
                                                        : ValueRange{-9, 9};
  return OperandOf(fields, key, range, dtype);
}

// x kind axes [drop_dims p type]
Problem MakeReduce(CaseFields& fields) {
  compute::ReduceParams params;
  params.kind = KindOf<compute::ReduceKind>(fields, "kind", "",
                                            {{"sum", compute::ReduceKind::kSum},
                                             {"mean", compute::ReduceKind::kMean},
                                             {"max", compute::ReduceKind::kMax},
                                             {"min", compute::ReduceKind::kMin},
                                             {"prod", compute::ReduceKind::kProd},
                                             {"lp", compute::ReduceKind::kLp},
                                             {"sum_square", compute::ReduceKind::kSumSquare},
                                             {"log_sum", compute::ReduceKind::kLogSum},
                                             {"log_sum_exp", compute::ReduceKind::kLogSumExp}});
  for (const int64_t axis : fields.Numbers("axes")) params.axes.push_back(static_cast<int>(axis));
  params.keep_dims = !fields.Has("drop_dims");
  params.p = static_cast<int>(fields.Number("p", 2));
  Operand x = NumbersOf(fields, "x");
  if (params.kind == compute::ReduceKind::kLogSum) x.range = kPositiveRange;
  if (params.kind == compute::ReduceKind::kLogSumExp) x.range = kWideRange;
  if (params.kind == compute::ReduceKind::kProd) {
    x.range = compute::IsFloat(x.dtype) ? ValueRange{0.8F, 1.2F} : ValueRange{1, 2};
  }
  return {params, {x}};
}

// x axis [drop_dims smallest select_last type]
Problem MakeArgMax(CaseFields& fields) {
  compute::ArgMaxParams params;
  params.axis = static_cast<int>(fields.Number("axis", 1));
  params.keep_dims = !fields.Has("drop_dims");
  params.smallest = fields.Has("smallest");
  params.select_last = fields.Has("select_last");
  return {params, {NumbersOf(fields, "x")}};
}

// x axis k [smallest type]
Problem MakeTopK(CaseFields& fields) {
  compute::TopKParams params;
  params.axis = static_cast<int>(fields.Number("axis", 1));
  params.k = static_cast<int64_t>(fields.Number("k", 1));
  params.smallest = fields.Has("smallest");
  return {params, {NumbersOf(fields, "x")}};
}

// x axis [exclusive reverse type]
Problem MakeCumSum(CaseFields& fields) {
  compute::CumSumParams params;
  params.axis = static_cast<int>(fields.Number("axis", 1));
  params.exclusive = fields.Has("exclusive");
  params.reverse = fields.Has("reverse");
  return {params, {NumbersOf(fields, "x")}};
}

// a [b c d e f g h] axis [type]
Problem MakeConcat(CaseFields& fields) {
  Problem problem{compute::ConcatParams{static_cast<int>(fields.Number("axis", 1))}, {}};
  for (const char* key : {"a", "b", "c", "d", "e", "f", "g", "h"}) {
    if (fields.Has(key)) problem.operands.push_back(MovedOperandOf(fields, key));
  }
  return problem;
}

// x starts sizes [steps type]
Problem MakeSlice(CaseFields& fields) {
  const Operand x = MovedOperandOf(fields, "x");
  compute::SliceParams params{fields.Numbers("starts"), fields.Numbers("steps"),
                              fields.Numbers("sizes")};
  if (params.steps.empty()) params.steps.assign(static_cast<size_t>(x.shape.rank()), 1);
  return {params, {x}};
}

// x begins ends [mode=constant|reflect|edge|wrap value type]
Problem MakePad(CaseFields& fields) {
  compute::PadParams params;
  params.mode = KindOf<compute::PadMode>(fields, "mode", "constant",
                                         {{"constant", compute::PadMode::kConstant},
                                          {"reflect", compute::PadMode::kReflect},
                                          {"edge", compute::PadMode::kEdge},
                                          {"wrap", compute::PadMode::kWrap}});
  params.begins = fields.Numbers("begins");
  params.ends = fields.Numbers("ends");
  params.value = fields.Number("value", 0);
  const compute::DType dtype = TypeOf(fields);
  return {params, {OperandOf(fields, "x", RangeOf(dtype), dtype)}};
}

// x type to
Problem MakeCast(CaseFields& fields) {
  const compute::DType from = TypeOf(fields);
  const ValueRange range =
      compute::IsUnsigned(from) ? ValueRange{0, 200} : ValueRange{-100.5F, 100.5F};
  return {compute::CastParams{TypeOf(fields, "to")}, {OperandOf(fields, "x", range, from)}};
}

// x shape [type]
Problem MakeReshape(CaseFields& fields) {
  return {compute::ReshapeParams{fields.ShapeOf("shape")}, {MovedOperandOf(fields, "x")}};
}

// x perm [type]
Problem MakeTranspose(CaseFields& fields) {
  compute::TransposeParams params;
  for (const int64_t axis : fields.Numbers("perm")) params.perm.push_back(static_cast<int>(axis));
  return {params, {MovedOperandOf(fields, "x")}};
}

// x sizes mode=nearest|linear|cubic [transform rounding cubic_a exclude_outside antialias roi
// extrapolation type]; scales are sizes / extents.
Problem MakeResize(CaseFields& fields) {
  const compute::DType dtype = TypeOf(fields);
  const Operand x = OperandOf(fields, "x", RangeOf(dtype), dtype);
  compute::ResizeParams params;
  params.mode = KindOf<compute::ResizeMode>(fields, "mode", "",
                                            {{"nearest", compute::ResizeMode::kNearest},
                                             {"linear", compute::ResizeMode::kLinear},
                                             {"cubic", compute::ResizeMode::kCubic}});
  params.transform = KindOf<compute::CoordinateTransform>(
      fields, "transform", "half_pixel",
      {{"half_pixel", compute::CoordinateTransform::kHalfPixel},
       {"half_pixel_symmetric", compute::CoordinateTransform::kHalfPixelSymmetric},
       {"pytorch_half_pixel", compute::CoordinateTransform::kPytorchHalfPixel},
       {"align_corners", compute::CoordinateTransform::kAlignCorners},
       {"asymmetric", compute::CoordinateTransform::kAsymmetric},
       {"tf_half_pixel_for_nn", compute::CoordinateTransform::kTfHalfPixelForNn},
       {"tf_crop_and_resize", compute::CoordinateTransform::kTfCropAndResize}});
  params.rounding = KindOf<compute::NearestRounding>(
      fields, "rounding", "round_prefer_floor",
      {{"round_prefer_floor", compute::NearestRounding::kRoundPreferFloor},
       {"round_prefer_ceil", compute::NearestRounding::kRoundPreferCeil},
       {"floor", compute::NearestRounding::kFloor},
       {"ceil", compute::NearestRounding::kCeil}});
  params.cubic_a = fields.Number("cubic_a", params.cubic_a);
  params.exclude_outside = fields.Has("exclude_outside");
  params.antialias = fields.Has("antialias");
  params.extrapolation = fields.Number("extrapolation", 0);
  params.sizes = fields.ShapeOf("sizes");
  if (params.sizes.rank() != x.shape.rank()) {
    fields.Fail("sizes and x differ in rank");
    return {};
  }
  for (int i = 0; i < x.shape.rank(); ++i) {
    params.scales.push_back(static_cast<float>(params.sizes[i]) / static_cast<float>(x.shape[i]));
  }
  // In hundredths of the extents.
  for (const int64_t bound : fields.Numbers("roi")) {
    params.roi.push_back(static_cast<float>(bound) / 100);
  }
  return {params, {x}};
}

// x grid [mode=nearest|linear|cubic padding=zeros|border|reflection align_corners]; the grid
// reaches beyond the image.
Problem MakeGridSample(CaseFields& fields) {
  compute::GridSampleParams params;
  params.mode = KindOf<compute::GridSampleMode>(fields, "mode", "linear",
                                                {{"nearest", compute::GridSampleMode::kNearest},
                                                 {"linear", compute::GridSampleMode::kLinear},
                                                 {"cubic", compute::GridSampleMode::kCubic}});
  params.padding =
      KindOf<compute::GridPadding>(fields, "padding", "zeros",
                                   {{"zeros", compute::GridPadding::kZeros},
                                    {"border", compute::GridPadding::kBorder},
                                    {"reflection", compute::GridPadding::kReflection}});
  params.align_corners = fields.Has("align_corners");
  return {params, {OperandOf(fields, "x"), OperandOf(fields, "grid", {-1.7F, 1.7F})}};
}

// x rois batch size [mode=average|max ratio scale output_half_pixel type]; boxes lie in 0 .. 12
// before scaling, some upside down, and some images do not exist.
Problem MakeRoiAlign(CaseFields& fields) {
  compute::RoiAlignParams params;
  params.mode = KindOf<compute::RoiAlignMode>(
      fields, "mode", "average",
      {{"average", compute::RoiAlignMode::kAverage}, {"max", compute::RoiAlignMode::kMax}});
  const compute::Shape size = fields.ShapeOf("size");
  if (size.rank() != 2) {
    fields.Fail("size needs two entries");
    return {};
  }
  params.output_height = size[0];
  params.output_width = size[1];
  params.sampling_ratio = static_cast<int64_t>(fields.Number("ratio", 0));
  params.spatial_scale = fields.Number("scale", 1);
  params.half_pixel = !fields.Has("output_half_pixel");
  return {params,
          {OperandOf(fields, "x"), OperandOf(fields, "rois", {-2, 12}),
           OperandOf(fields, "batch", {-0.4F, 3.4F}, compute::DType::kInt64)}};
}

// x rois size [scale]
Problem MakeMaxRoiPool(CaseFields& fields) {
  const compute::Shape size = fields.ShapeOf("size");
  if (size.rank() != 2) {
    fields.Fail("size needs two entries");
    return {};
  }
  return {compute::MaxRoiPoolParams{size[0], size[1], fields.Number("scale", 1)},
          {OperandOf(fields, "x"), OperandOf(fields, "rois", {-0.5F, 9})}};
}

// x kernel offset [mask stride dilation pads offset_group]
Problem MakeDeformColumns(CaseFields& fields) {
  const Operand x = OperandOf(fields, "x");
  compute::DeformColumnsParams params;
  params.window = WindowOf(fields, fields.Numbers("kernel"), x.shape.rank() - 2);
  params.offset_group = static_cast<int64_t>(fields.Number("offset_group", 1));
  params.has_mask = fields.Has("mask");
  Problem problem{params, {x, OperandOf(fields, "offset", {-2.5F, 2.5F})}};
  if (params.has_mask) problem.operands.push_back(OperandOf(fields, "mask"));
  return problem;
}

// x shape [type]
Problem MakeExpand(CaseFields& fields) {
  return {compute::ExpandParams{fields.ShapeOf("shape")}, {MovedOperandOf(fields, "x")}};
}

compute::IndexKind IndexKindOf(CaseFields& fields, std::string_view fallback) {
  return KindOf<compute::IndexKind>(fields, "by", fallback,
                                    {{"axis", compute::IndexKind::kAxis},
                                     {"elements", compute::IndexKind::kElements},
                                     {"tuples", compute::IndexKind::kTuples}});
}

// Indices of a tensor of shape `x`, some of them beyond its ends. A constant with `known_indices`.
Operand IndicesOf(CaseFields& fields, const compute::Shape& x) {
  int64_t most = 1;
  for (const int64_t dim : x.dims()) most = std::max(most, dim);
  const float bound = 1.5F * static_cast<float>(most);
  Operand indices =
      OperandOf(fields, "indices", {-bound, bound}, TypeOf(fields, "index_type", "INT64"));
  indices.constant = fields.Has("known_indices");
  return indices;
}

// x indices [by=axis|elements|tuples axis batch_dims known_indices type index_type]
Problem MakeGather(CaseFields& fields) {
  const Operand x = MovedOperandOf(fields, "x");
  const compute::GatherParams params{IndexKindOf(fields, "axis"),
                                     static_cast<int>(fields.Number("axis", 0)),
                                     static_cast<int>(fields.Number("batch_dims", 0))};
  return {params, {x, IndicesOf(fields, x.shape)}};
}

// x indices [by=elements|tuples axis reduction known_indices type index_type]
Problem MakeScatter(CaseFields& fields) {
  const Operand x = MovedOperandOf(fields, "x");
  const Operand indices = IndicesOf(fields, x.shape);
  compute::ScatterParams params{IndexKindOf(fields, "elements"),
                                static_cast<int>(fields.Number("axis", 0))};
  params.reduction = KindOf<compute::ScatterReduction>(fields, "reduction", "none",
                                                       {{"none", compute::ScatterReduction::kNone},
                                                        {"add", compute::ScatterReduction::kAdd},
                                                        {"mul", compute::ScatterReduction::kMul},
                                                        {"min", compute::ScatterReduction::kMin},
                                                        {"max", compute::ScatterReduction::kMax}});
  compute::Shape shape;  // of the updates
  const bool tuples = params.kind == compute::IndexKind::kTuples;
  const int q = indices.shape.rank() - (tuples ? 1 : 0);
  for (int i = 0; i < q; ++i) shape.Append(indices.shape[i]);
  const int named = tuples ? static_cast<int>(indices.shape[q]) : x.shape.rank();
  for (int i = named; i < x.shape.rank(); ++i) shape.Append(x.shape[i]);
  return {params, {x, indices, {shape, false, x.range, x.dtype}}};
}

using Maker = Problem (*)(CaseFields&);

Maker MakerOf(std::string_view op) {
#define CONVOY_OP(family, file, Name, cpu, vulkan) \
  if (op == #file) return Make##Name;
#include "compute/ops/op_table.def"
#undef CONVOY_OP
  return nullptr;
}

// That a row of the output belongs to the same row of every operand given at run time.
absl::Status CheckRows(const Problem& problem) {
  if (problem.mixes_rows) return absl::OkStatus();
  const compute::Shape& y = problem.outputs.front().shape;
  const auto has_rows = [&](const compute::Shape& shape) {
    return shape.rank() > 0 && y.rank() > 0 && shape[0] == y[0];
  };
  bool all = true;
  for (const Operand& operand : problem.operands)
    all &= operand.constant || has_rows(operand.shape);
  for (const compute::TensorSpec& output : problem.outputs) all &= has_rows(output.shape);
  if (!all) {
    return absl::InvalidArgumentError(
        "the rows of operands and output differ in number, so the case must say mixes_rows");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Problem> MakeProblem(const Case& one_case, int64_t batch) {
  const Maker maker = MakerOf(one_case.op);
  if (maker == nullptr) {
    return absl::InvalidArgumentError(absl::StrFormat("there is no operator '%s'", one_case.op));
  }
  CaseFields fields = one_case.FieldsAt(batch);
  Problem problem = maker(fields);
  problem.mixes_rows = fields.Has("mixes_rows");
  CONVOY_RETURN_IF_ERROR(fields.Finish());
  std::vector<compute::TensorSpec> specs;
  for (const Operand& operand : problem.operands) {
    specs.push_back({operand.dtype, operand.shape});
  }
  CONVOY_ASSIGN_OR_RETURN(problem.outputs, InferShapes(problem.op, specs));
  CONVOY_RETURN_IF_ERROR(CheckRows(problem));
  return problem;
}

}  // namespace convoy::testing
