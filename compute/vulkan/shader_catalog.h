// The compute shaders that the build embedded (shaders/README.md), by catalog name:
//
//   const ShaderCode* code = FindShader("conv/conv_rt_4x64_shuffle_texel");
//
// Thread-safe; the code lives as long as the program.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace convoy::compute {

struct ShaderCode {
  std::string_view name;
  std::span<const uint32_t> words;  // SPIR-V
};

// Sorted by name.
std::span<const ShaderCode> AllShaders();

// Null when there is none of that name.
const ShaderCode* FindShader(std::string_view name);

}  // namespace convoy::compute
