# Every shader and its variants, by family. convoy_shader is in cmake/Shaders.cmake.

# The register tiles: PX pixels x TN output channels an invocation. Shuffle and broadcast for software drivers, uniform
# addresses for real GPUs; subgroupBroadcast with a lane that is no literal needs SPIR-V 1.5.
foreach(tile 4x64 4x32 2x64 1x64)
  string(REPLACE x ";TN=" tile_defines PX=${tile})
  convoy_shader(conv/conv_rt VARIANT ${tile}_shuffle LOADS texel DEFINES ${tile_defines} SPREAD=subgroupShuffle)
  convoy_shader(conv/conv_rt VARIANT ${tile}_broadcast LOADS texel ENVIRONMENT vulkan1.2
    DEFINES ${tile_defines} SPREAD=subgroupBroadcast)
endforeach()
foreach(tile 8x8 4x16 2x16)
  string(REPLACE x ";TN=" tile_defines PX=${tile})
  convoy_shader(conv/conv_rt VARIANT ${tile} DEFINES ${tile_defines})
endforeach()
convoy_shader(conv/depthwise_strip VARIANT shuffle LOADS texel DEFINES PY=4 SPREAD=subgroupShuffle)
convoy_shader(conv/depthwise_strip DEFINES PY=4)
convoy_shader(conv/depthwise)
convoy_shader(conv/conv_direct)

convoy_shader(upconv/upconv_direct)

foreach(rows 1 2 4 8)
  convoy_shader(gemm/dense VARIANT ${rows}_shuffle LOADS texel DEFINES ROWS=${rows} SPREAD=subgroupShuffle)
  convoy_shader(gemm/dense VARIANT ${rows} DEFINES ROWS=${rows})
endforeach()
convoy_shader(gemm/gemm_linear)
convoy_shader(gemm/matmul)

convoy_shader(pool/adaptive_pool)
convoy_shader(pool/max_unpool)
convoy_shader(pool/pool)
convoy_shader(pool/pool VARIANT indices DEFINES INDICES)

convoy_shader(norm/batch_norm)
convoy_shader(norm/batch_norm_fold)
convoy_shader(norm/lrn)
convoy_shader(norm/moments)
convoy_shader(norm/moments_image)
convoy_shader(norm/moments_join)
convoy_shader(norm/normalize)
convoy_shader(norm/normalize_image)

# FP32 to FP32, FP32 to BOOL, integers to integers or BOOL.
foreach(function binary broadcast unary)
  convoy_shader(elementwise/${function})
  convoy_shader(elementwise/${function} VARIANT test DEFINES TEST)
  convoy_shader(elementwise/${function} VARIANT words DEFINES WORDS)
endforeach()
convoy_shader(elementwise/cast)
convoy_shader(elementwise/planes)
convoy_shader(elementwise/where)

convoy_shader(reduce/arg_max)
convoy_shader(reduce/cum_sum)
convoy_shader(reduce/cum_sum VARIANT integers DEFINES INTEGERS)
convoy_shader(reduce/reduce)
convoy_shader(reduce/reduce VARIANT integers DEFINES INTEGERS)
convoy_shader(reduce/reduce_image)
convoy_shader(reduce/softmax)
convoy_shader(reduce/softmax_channels)
convoy_shader(reduce/top_k)

convoy_shader(move/copy)
convoy_shader(move/gather)
convoy_shader(move/pack)
convoy_shader(move/sample)
convoy_shader(move/sample_axis)
convoy_shader(move/scatter)
convoy_shader(move/unpack)

convoy_shader(sample/deform_columns)
convoy_shader(sample/grid_sample)
convoy_shader(sample/max_roi_pool)
convoy_shader(sample/roi_align)
