# Compiler options every target of this project shares, and the compiler cache.
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  # Precompiled headers need these relaxations to be cacheable at all. And comments count: #pragma once compares the text of a
  # header with the one that was precompiled, so that a cached one must be of that very text.
  set(launcher ${CMAKE_COMMAND} -E env CCACHE_COMMENTS=1 "CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime" ${CCACHE_PROGRAM})
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
endif()

# Four warnings of g++ 12 cry wolf at -O2 over std::string's concatenation (GCC bugs 105329 and 105651).
add_library(ordinaut_options INTERFACE)
target_compile_options(ordinaut_options INTERFACE
  -Wall -Wextra -Wpedantic -Werror $<$<COMPILE_LANGUAGE:CXX>:-fpch-preprocess>
  $<$<CXX_COMPILER_ID:Clang>:-Wno-unknown-warning-option>
  $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-array-bounds;-Wno-restrict;-Wno-stringop-overflow;-Wno-stringop-overread>)
target_link_libraries(ordinaut_options INTERFACE Threads::Threads)
if(ORDINAUT_FUZZ)
  target_compile_options(ordinaut_options INTERFACE -fsanitize=fuzzer-no-link)  # Coverage, for libFuzzer to follow.
endif()
if(ORDINAUT_SANITIZE)
  target_compile_options(ordinaut_options INTERFACE
    -fsanitize=${ORDINAUT_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all
    $<$<CXX_COMPILER_ID:Clang>:-fsanitize-ignorelist=${PROJECT_SOURCE_DIR}/core/build/sanitizer_ignorelist.txt>)
  # Instrumented code makes g++ 12 see uninitialised reads where there are none (GCC bug 105562).
  target_compile_options(ordinaut_options INTERFACE $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-maybe-uninitialized>)
  target_link_options(ordinaut_options INTERFACE -fsanitize=${ORDINAUT_SANITIZE})
endif()
