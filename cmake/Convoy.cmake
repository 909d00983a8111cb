# How every library, program and test of the project is declared. Sources are always listed by name.

add_library(convoy_options INTERFACE)
target_compile_options(convoy_options INTERFACE
  -Wall -Wextra -Werror -Wshadow -Wnon-virtual-dtor -Wno-missing-field-initializers -pthread)
target_include_directories(convoy_options INTERFACE ${CMAKE_SOURCE_DIR})
if(CONVOY_SANITIZE)
  target_compile_options(convoy_options INTERFACE
    -fsanitize=${CONVOY_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  # GCC 12 takes the inline storage of absl::InlinedVector for uninitialised, and lengths for negative, in instrumented code; without
  # a sanitizer it does not.
  target_compile_options(convoy_options INTERFACE
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized> $<$<CXX_COMPILER_ID:GNU>:-Wno-stringop-overflow>)
  target_link_options(convoy_options INTERFACE -fsanitize=${CONVOY_SANITIZE})
  if(CONVOY_SANITIZE STREQUAL thread)
    # Protobuf's map fields have another layout under this macro than in Debian's library, which was built without it.
    target_compile_options(convoy_options INTERFACE -U__SANITIZE_THREAD__)
  endif()
endif()
if(CONVOY_COVERAGE)
  target_compile_options(convoy_options INTERFACE --coverage)
  target_link_options(convoy_options INTERFACE --coverage)
endif()

# What nearly every file includes, compiled once: reading these headers takes most of a small file's compile time. Files
# still include what they use; CONVOY_PRECOMPILE=OFF proves it.
set(CONVOY_COMMON_HEADERS
  <algorithm> <array> <cstdint> <functional> <map> <memory> <optional> <span> <string> <string_view> <utility> <variant> <vector>
  <absl/status/status.h> <absl/status/statusor.h> <absl/strings/str_format.h> <absl/time/time.h>)
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/precompiled.cc CONTENT "")

# convoy_precompiled(name LINK target ... HEADERS <header> ... [OPTIONS -O1 ...]): headers that targets with the same options reuse.
function(convoy_precompiled name)
  cmake_parse_arguments(ARG "" "" "LINK;HEADERS;OPTIONS" ${ARGN})
  add_library(${name} OBJECT ${CMAKE_BINARY_DIR}/precompiled.cc)
  target_link_libraries(${name} PRIVATE convoy_options ${ARG_LINK})
  target_compile_options(${name} PRIVATE ${ARG_OPTIONS})
  target_precompile_headers(${name} PRIVATE ${ARG_HEADERS})
endfunction()

function(convoy_reuse_precompiled target name)
  if(CONVOY_PRECOMPILE)
    target_precompile_headers(${target} REUSE_FROM ${name})
  endif()
endfunction()

if(CONVOY_PRECOMPILE)
  convoy_precompiled(convoy_headers LINK absl::status absl::statusor absl::str_format absl::time HEADERS ${CONVOY_COMMON_HEADERS})
endif()

# convoy_library(name SOURCES a.cc ... LINK target ...)
function(convoy_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC convoy_options ${ARG_LINK})
  convoy_reuse_precompiled(${name} convoy_headers)
endfunction()

# Tests prove answers, not speed: optimised lightly, they compile in half the time.
set(CONVOY_TEST_OPTIONS $<$<CONFIG:Release>:-O1>)
if(CONVOY_TESTS AND CONVOY_PRECOMPILE)
  convoy_precompiled(convoy_test_headers
    LINK absl::status absl::statusor absl::str_format absl::time GTest::gmock GTest::gtest
    HEADERS ${CONVOY_COMMON_HEADERS} <gmock/gmock.h> <gtest/gtest.h>
    OPTIONS ${CONVOY_TEST_OPTIONS})
endif()

# convoy_test(name SOURCES a_test.cc ... LINK target ... [LABELS label ...] [TIMEOUT seconds]): one GoogleTest program, one
# CTest entry. The target tests_LABEL builds all programs with that label.
function(convoy_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;LINK;LABELS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE convoy_options ${ARG_LINK} GTest::gmock GTest::gtest_main)
  target_compile_options(${name} PRIVATE ${CONVOY_TEST_OPTIONS})
  convoy_reuse_precompiled(${name} convoy_test_headers)
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 600)
  endif()
  foreach(label ${ARG_LABELS})
    if(NOT TARGET tests_${label})
      add_custom_target(tests_${label})
    endif()
    add_dependencies(tests_${label} ${name})
  endforeach()
  # OpenMP threads that spin while they wait make tests that share the cores ten times slower.
  set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT ${ARG_TIMEOUT}
    ENVIRONMENT "OMP_WAIT_POLICY=passive;TSAN_OPTIONS=suppressions=${CMAKE_SOURCE_DIR}/tests/support/tsan.supp")
endfunction()
