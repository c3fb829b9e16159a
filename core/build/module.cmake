# ordinaut_module(<name> SOURCES … [DEPS module …] [PRIVATE lib …] [PUBLIC lib …])
#
# One folder of core/ = one static library `ordinaut_<name>` = one namespace. DEPS are other modules and must stay within
# DESIGN.md's include table (tests/build/include_table checks the includes themselves).
function(ordinaut_module name)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPS;PRIVATE;PUBLIC" ${ARGN})
  add_library(ordinaut_${name} STATIC ${arg_SOURCES})
  target_include_directories(ordinaut_${name} PUBLIC ${PROJECT_SOURCE_DIR}/core)
  target_link_libraries(ordinaut_${name} PUBLIC ordinaut_options)
  foreach(dep IN LISTS arg_DEPS)
    target_link_libraries(ordinaut_${name} PUBLIC ordinaut_${dep})
  endforeach()
  target_link_libraries(ordinaut_${name} PUBLIC ${arg_PUBLIC} PRIVATE ${arg_PRIVATE})
  if(NOT name STREQUAL "base")
    target_link_libraries(ordinaut_${name} PUBLIC ordinaut_base)
  endif()
  target_precompile_headers(ordinaut_${name} REUSE_FROM ordinaut_pch)
endfunction()

# ordinaut_test(<name> SOURCES … LIBS … [SERIAL])
#
# A GoogleTest executable `<name>`. Each test case is its own ctest entry, unless SERIAL: then the whole executable is
# one entry (for suites that start servers once for all their cases).
function(ordinaut_test name)
  cmake_parse_arguments(arg "SERIAL" "" "SOURCES;LIBS" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/core)
  target_link_libraries(${name} PRIVATE ordinaut_options ordinaut_test_pch ${arg_LIBS} GTest::gmock GTest::gtest GTest::gtest_main)
  target_precompile_headers(${name} REUSE_FROM ordinaut_test_pch)
  if(arg_SERIAL)
    add_test(NAME ${name} COMMAND ${name})
    set_tests_properties(${name} PROPERTIES TIMEOUT 600)
  else()
    include(GoogleTest)
    gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 120)
  endif()
endfunction()
