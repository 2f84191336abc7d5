# A room is one folder: its .cpp files become one static library, its tests one program.
#
#   plimsoll_room(NAME FOLDER folder [RECURSE] [DEPENDS rooms and libraries ...])
#
# The library is NAME; tests in tests/unit/NAME/*.cpp become the program unit_NAME.
# DEPENDS says what the room may link; tests/unit/tidy holds it to what it may include.
function(plimsoll_room name)
  cmake_parse_arguments(ARG "RECURSE" "FOLDER" "DEPENDS" ${ARGN})
  set(glob GLOB)
  if(ARG_RECURSE)
    set(glob GLOB_RECURSE)
  endif()
  file(${glob} sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${ARG_FOLDER}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
  if(sources)
    add_library(${name} STATIC ${sources})
    target_link_libraries(${name} PUBLIC plimsoll_flags ${ARG_DEPENDS})
    plimsoll_precompile(${name})
  else()
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE plimsoll_flags ${ARG_DEPENDS})
  endif()
endfunction()

# The first room compiles cmake/precompiled.h, all others share it.
function(plimsoll_precompile name)
  if(NOT PLIMSOLL_PCH)
    return()
  endif()
  if(name STREQUAL base)
    target_precompile_headers(base PRIVATE ${PROJECT_SOURCE_DIR}/cmake/precompiled.h)
  else()
    target_precompile_headers(${name} REUSE_FROM base)
  endif()
endfunction()

# A test program of all .cpp files in FOLDER; run by ctest under its name, built by the target `tests`.
function(plimsoll_test_program name)
  cmake_parse_arguments(ARG "" "FOLDER;TIMEOUT" "DEPENDS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${ARG_FOLDER}/*.cpp)
  if(NOT sources)
    return()
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  if(PLIMSOLL_SANITIZE OR PLIMSOLL_COVERAGE)
    math(EXPR ARG_TIMEOUT "${ARG_TIMEOUT} * 10")  # the simulations compute much, and slowly then
  endif()
  add_executable(${name} EXCLUDE_FROM_ALL ${sources})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  target_compile_definitions(${name} PRIVATE
    PLIMSOLL_SOURCE_DIR="${PROJECT_SOURCE_DIR}" PLIMSOLL_BIN_DIR="${CMAKE_BINARY_DIR}/bin")
  target_link_libraries(${name} PRIVATE ${ARG_DEPENDS} test_support GTest::gmock GTest::gtest_main rapidcheck rapidcheck_gtest)
  add_dependencies(tests ${name})
  add_test(NAME ${name} COMMAND ${name})
  # Tests that are not about vectors take the same course with and without the model.
  set_tests_properties(${name} PROPERTIES TIMEOUT ${ARG_TIMEOUT} ENVIRONMENT MEMORY_API_EMBEDDER=none)
endfunction()
