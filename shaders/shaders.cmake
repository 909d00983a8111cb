# Every shader and its variants, by family. convoy_shader is in cmake/Shaders.cmake.

convoy_shader(conv/conv_direct)

convoy_shader(move/pack)
convoy_shader(move/unpack)
