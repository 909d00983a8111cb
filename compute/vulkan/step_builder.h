// What an operator's Vulkan launcher sees while a plan is compiled: where its tensors lie, a place
// for packed weights, and Dispatch. Launchers (compute/ops/<family>/<file>_vulkan.cc) are written
// against this interface only; the session in compute/runtime implements it. Not thread-safe; used
// during Compile, never during Run.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "compute/base/other_kernel.h"
#include "compute/tensor/tensor.h"

namespace convoy::compute {

// How a tensor's elements lie in device memory.
enum class VulkanLayout {
  // [ceil(C/4)][N][D][H][W] vec4, one vec4 = four channels of one pixel; channels past C are 0. The
  // batch lies inside the
  // pixel index m = ((n*D + d)*H + y)*W + x, so that a convolution's matrix has N*D*H*W rows.
  // Planes (one channel quad of the
  // whole batch) start `plane` vec4s apart, a multiple of kPlaneAlign: surplus invocations store
  // into the slack of their own
  // plane. What the slack holds is undefined. Tensors of rank 2 ([N, C]) to 5.
  kC4,
  // Row-major words (tensor/words.h), any rank; the last vec4 is padded (its surplus is undefined).
  kLinear,
};

inline constexpr int64_t kPlaneAlign = 128;  // pixels: the largest pixel tile

struct VulkanTensor {
  TensorSpec spec;
  VulkanLayout layout = VulkanLayout::kLinear;

  // The kC4 view of the shape: rank 2 has D = H = W = 1, rank 3 D = H = 1, rank 4 D = 1.
  int64_t n = 1, c = 1, d = 1, h = 1, w = 1;
  int64_t plane = 0;  // vec4s between channel quads (kC4)

  // A vec4 lies in memory as four halves, not as four floats. Kernels need not know: LOAD0 and
  // STORE convert, and planes and offsets count vec4s.
  bool halves = false;

  int64_t quads() const { return (c + 3) / 4; }
  int64_t pixels() const { return n * d * h * w; }
  int64_t vec4s() const;  // size in device memory
  int64_t bytes() const { return std::max<int64_t>(vec4s(), 1) * (halves ? 8 : 16); }
};

// A tensor an operand names: a step's input or output, packed weights, or scratch memory.
struct VulkanOperand {
  int id = -1;  // -1: not used; the kernel must not read it
};

// One compute dispatch. Bindings, macros and the push-constant block are described in
// shaders/README.md.
struct VulkanDispatch {
  std::string shader;  // catalog name without load path: "pool/pool"; the builder appends "_texel"
                       // or "_ssbo"
  std::array<VulkanOperand, 4> inputs;  // LOAD0 .. LOAD3
  VulkanOperand output;
  uint32_t local_size = 0;  // specialization constant 0; 0 = the device's default workgroup size
  absl::InlinedVector<uint32_t, 8> constants;  // specialization constants 1, 2, ...
  std::array<std::byte, 112>
      push{};  // after the 16 bytes that the builder fills (the operands' bases)
  size_t push_bytes = 0;
  std::array<uint32_t, 3> groups{1, 1, 1};
  std::string_view why;  // for profiles: a literal, one clause: why this kernel; empty = no choice

  template <typename T>
  void SetPush(const T& block) {
    static_assert(sizeof(T) <= 112,
                  "128 bytes are all that Vulkan guarantees; 16 are the builder's");
    static_assert(std::is_trivially_copyable_v<T>);
    std::memcpy(push.data(), &block, sizeof(T));
    push_bytes = sizeof(T);
  }
};

// What kernels choose by. Read once when the device is opened.
struct VulkanTraits {
  bool software =
      false;  // lavapipe, SwiftShader: texel loads, register tiles, one subgroup a workgroup
  bool texel_loads = false;  // kernels load through texel buffers, else through storage buffers
  uint32_t subgroup_size = 1;
  uint32_t default_local_size = 64;  // for one-element-an-invocation kernels
  uint32_t max_groups = 65535;       // a dimension

  // GPUs whose shared memory is fast: blocks in it are used instead of register tiles.
  bool shared_blocks = false;
  uint32_t max_local_size = 128;  // the largest workgroup
  int64_t shared_bytes = 16384;   // shared memory of a workgroup
  uint32_t compute_units = 32;    // that run workgroups side by side; a guess where nothing tells

  bool batch_invariant = false;  // of DeviceOptions: no choice depends on the batch size
  bool half_storage = false;     // DeviceOptions.precision is kFp16
  bool explain = false;          // DeviceOptions.explain: launchers call Refuse; decides nothing
};

class VulkanStepBuilder {
 public:
  virtual ~VulkanStepBuilder() = default;

  virtual const VulkanTraits& traits() const = 0;

  // The step's tensors, in the layouts that the operator's ChooseLayouts asked for.
  virtual const VulkanTensor& input(int i) const = 0;
  virtual const VulkanTensor& output(int i) const = 0;
  virtual VulkanOperand input_operand(int i) const = 0;
  virtual VulkanOperand output_operand(int i) const = 0;

  // The values of input i, which ChooseLayouts left on the host; null when it is no constant.
  virtual const HostTensor* constant(int i) const = 0;

  // Uploads what `pack` returns, once for all steps and sessions that pack equal bytes with an
  // equal `packing` name. Slack of zeros follows the values, so that lanes past the end read 0.
  // With half storage, weights of rank 2 and more lie in memory as halves: filters and matrices,
  // but not biases, scales and tables.
  virtual absl::StatusOr<VulkanOperand> Weights(
      const HostTensor& values, std::string_view packing,
      const std::function<std::vector<float>(std::span<const float>)>& pack) = 0;

  // The same, always as floats: transformed filters, whose roundings a transform would multiply.
  virtual absl::StatusOr<VulkanOperand> FloatWeights(
      const HostTensor& values, std::string_view packing,
      const std::function<std::vector<float>(std::span<const float>)>& pack) = 0;

  // Memory that lives for this step only.
  virtual absl::StatusOr<VulkanOperand> Scratch(int64_t vec4s) = 0;

  // Records a dispatch after everything recorded before it (the builder puts the barriers).
  // UNIMPLEMENTED when no variant of the shader is usable on this device, with the self-test's
  // reason.
  virtual absl::Status Dispatch(const VulkanDispatch& dispatch) = 0;

  // Whether kernels may use this shader (a catalog name without load path): it exists, suits the
  // device and has not failed its self-test. Choice tables ask before they choose.
  virtual bool Usable(std::string_view shader) const = 0;
  // Why not, as one clause; empty where it is usable.
  virtual std::string ObjectionTo(std::string_view shader) const = 0;

  // For reports, with traits().explain: why the step does not run the other kernels of its family.
  virtual void Refuse(std::vector<OtherKernel> others) = 0;

  // The kernel that DeviceOptions.vulkan_kernels forces for a family ("conv"); empty = choose.
  virtual std::string_view ForcedKernel(std::string_view family) const = 0;

  // Makes output 0 the same memory as input i, where layout and size allow it (a reshape in
  // kLinear): no dispatch at all.
  virtual absl::Status Alias(int input) = 0;

  // The same where output 0 is whole channel quads of input i, from `first_quad` on (both kC4).
  virtual absl::Status AliasQuads(int input, int64_t first_quad) = 0;

  // Whether input i was made where it belongs in output 0, from `first_quad` on (both kC4), so that
  // nothing is left to copy.
  virtual bool LiesInOutput(int input, int64_t first_quad) const = 0;
};

// Where an operator wants its tensors. The session converts what lies otherwise (a pack or unpack
// dispatch).
struct VulkanLayouts {
  static constexpr int kHost = -1;
  // A VulkanLayout as int, or kHost for a constant that the launcher reads through constant(): it
  // is then not uploaded.
  absl::InlinedVector<int, 6> inputs;
  absl::InlinedVector<int, 2> outputs;
};

// What ChooseLayouts decides from: specs, which inputs are constants, and where each lies already
// (kHost: a constant that lies nowhere yet; plan inputs arrive as kLinear).
struct VulkanStepShape {
  std::span<const TensorSpec> inputs;
  std::span<const TensorSpec> outputs;
  std::span<const bool> constant;
  std::span<const int> layouts;
  // Tells which kernels the device has: traits, Usable and ForcedKernel. Null: any.
  const VulkanStepBuilder* device = nullptr;
};

}  // namespace convoy::compute
