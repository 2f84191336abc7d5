# One place for what every file is compiled and linked with.
set(CMAKE_CXX_FLAGS_RELEASE "-O2")
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g")

add_library(plimsoll_flags INTERFACE)
target_compile_options(plimsoll_flags INTERFACE
  -pthread -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Woverloaded-virtual
  -Wimplicit-fallthrough -Wextra-semi -Wno-missing-designated-field-initializers
  -Wno-deprecated-declarations  # libstdc++ 12's stable_sort calls a function that it calls deprecated in C++23
  -Werror)
target_include_directories(plimsoll_flags INTERFACE ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/lib)
target_compile_definitions(plimsoll_flags INTERFACE PLIMSOLL_VERSION="${PROJECT_VERSION}")

# Instrumented programs compile for long; -O1 keeps that bearable and their stacks readable.
if(PLIMSOLL_SANITIZE)
  add_compile_options(-O1 -fsanitize=${PLIMSOLL_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all -g1)
  add_link_options(-fsanitize=${PLIMSOLL_SANITIZE})
endif()
if(PLIMSOLL_COVERAGE)
  add_compile_options(-O1 -fprofile-instr-generate -fcoverage-mapping)
  add_link_options(-fprofile-instr-generate)
endif()
if(PLIMSOLL_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

find_program(PLIMSOLL_MOLD mold)
if(PLIMSOLL_MOLD)
  add_link_options(-fuse-ld=mold)
endif()
if(PLIMSOLL_PCH)
  add_compile_options("SHELL:-Xclang -fno-pch-timestamp")  # so that ccache may trust it
endif()
find_program(PLIMSOLL_CCACHE ccache)
if(PLIMSOLL_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${PLIMSOLL_CCACHE})
endif()
