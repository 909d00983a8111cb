# How every library, program and test of the project is declared. Sources are always listed by name.

add_library(convoy_options INTERFACE)
target_compile_options(convoy_options INTERFACE
  -Wall -Wextra -Werror -Wshadow -Wnon-virtual-dtor -Wno-missing-field-initializers)
target_include_directories(convoy_options INTERFACE ${CMAKE_SOURCE_DIR})
if(CONVOY_SANITIZE)
  target_compile_options(convoy_options INTERFACE
    -fsanitize=${CONVOY_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  # GCC 12 takes the inline storage of absl::InlinedVector for uninitialised in instrumented code; without a sanitizer it does not.
  target_compile_options(convoy_options INTERFACE -Wno-maybe-uninitialized)
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

# convoy_library(name SOURCES a.cc ... LINK target ...)
function(convoy_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC convoy_options ${ARG_LINK})
endfunction()

# convoy_test(name SOURCES a_test.cc ... LINK target ... [LABELS label ...] [TIMEOUT seconds]): one GoogleTest program, one
# CTest entry.
function(convoy_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;LINK;LABELS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE convoy_options ${ARG_LINK} GTest::gmock GTest::gtest_main)
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 600)
  endif()
  # OpenMP threads that spin while they wait make tests that share the cores ten times slower.
  set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT ${ARG_TIMEOUT}
    ENVIRONMENT "OMP_WAIT_POLICY=passive;TSAN_OPTIONS=suppressions=${CMAKE_SOURCE_DIR}/tests/support/tsan.supp")
endfunction()
