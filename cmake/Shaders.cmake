# Compiles GLSL to SPIR-V, validates it and embeds it. shaders/shaders.cmake lists the shaders.

set(SHADER_SOURCE_DIR ${CMAKE_SOURCE_DIR}/shaders)
set(SHADER_BINARY_DIR ${CMAKE_BINARY_DIR}/shaders)
set(EMBED_SPIRV ${CMAKE_CURRENT_LIST_DIR}/EmbedSpirv.cmake)

# convoy_shader(family/file [VARIANT name] [ENVIRONMENT vulkan1.2] [LOADS texel|ssbo] [DEFINES A B=C ...]): one catalog entry
# for each load path. The environment is vulkan1.1 unless the shader needs newer SPIR-V.
function(convoy_shader stem)
  cmake_parse_arguments(ARG "" "VARIANT;ENVIRONMENT" "DEFINES;LOADS" ${ARGN})
  if(NOT ARG_ENVIRONMENT)
    set(ARG_ENVIRONMENT vulkan1.1)
  endif()
  if(NOT ARG_LOADS)
    set(ARG_LOADS texel ssbo)
  endif()
  list(TRANSFORM ARG_DEFINES PREPEND -D OUTPUT_VARIABLE defines)
  foreach(load ${ARG_LOADS})
    set(name ${stem})
    if(ARG_VARIANT)
      string(APPEND name _${ARG_VARIANT})
    endif()
    string(APPEND name _${load})
    string(TOUPPER -DLOAD_${load} load_define)
    get_filename_component(folder ${SHADER_BINARY_DIR}/${name} DIRECTORY)
    file(MAKE_DIRECTORY ${folder})
    set(binary ${SHADER_BINARY_DIR}/${name}.spv)
    set(text ${SHADER_BINARY_DIR}/${name}.inc)
    add_custom_command(OUTPUT ${text} BYPRODUCTS ${binary}
      COMMAND ${GLSLC} --target-env=${ARG_ENVIRONMENT} -O -I${SHADER_SOURCE_DIR} ${load_define} ${defines}
        -MD -MF ${binary}.d -MT ${text} ${SHADER_SOURCE_DIR}/${stem}.comp -o ${binary}
      COMMAND ${SPIRV_VAL} --target-env ${ARG_ENVIRONMENT} ${binary}
      COMMAND ${CMAKE_COMMAND} -DINPUT=${binary} -DOUTPUT=${text} -P ${EMBED_SPIRV}
      DEPENDS ${SHADER_SOURCE_DIR}/${stem}.comp ${EMBED_SPIRV} DEPFILE ${binary}.d
      COMMENT "Shader ${name}" VERBATIM)
    set_property(GLOBAL APPEND PROPERTY CONVOY_SHADERS ${name})
  endforeach()
endfunction()

# convoy_shader_catalog(variable): writes the catalog of all shaders listed so far; `variable` gets its source files.
function(convoy_shader_catalog variable)
  get_property(names GLOBAL PROPERTY CONVOY_SHADERS)
  list(SORT names)
  set(arrays "")
  set(rows "")
  set(texts "")
  set(index 0)
  foreach(name ${names})
    string(APPEND arrays "constexpr uint32_t kWords${index}[] = {\n#include \"${SHADER_BINARY_DIR}/${name}.inc\"\n};\n")
    string(APPEND rows "    {\"${name}\", kWords${index}},\n")
    list(APPEND texts ${SHADER_BINARY_DIR}/${name}.inc)
    math(EXPR index "${index} + 1")
  endforeach()
  set(source ${SHADER_BINARY_DIR}/shader_catalog.cc)
  configure_file(${CMAKE_SOURCE_DIR}/cmake/shader_catalog.cc.in ${source} @ONLY)
  set_property(SOURCE ${source} PROPERTY OBJECT_DEPENDS "${texts}")
  set(${variable} ${source} PARENT_SCOPE)
endfunction()
