# Functions for building extensions. Included by find_package(OrdinautSDK).
#
# ordinaut_add_extension(<name> SOURCES <file …> [MANIFEST extension.json] [LIBRARIES <lib …>] [STATIC <dir>] [OUTPUT <dir>] [INSTALL])
#   Builds one extension: the folder <OUTPUT>/<id>/ with extension.json, lib<id>.so and the manifest's static folder, ready to
#   be dropped into ORDINAUT_EXT_PATHS. OUTPUT defaults to ${CMAKE_BINARY_DIR}/extensions. The id and version are read from
#   the manifest and compiled in; nothing but the entry point is exported. INSTALL adds the folder to lib/ordinaut/extensions.
#   STATIC: where the static files come from, when the build makes them; else from the manifest's folder beside it.
#
# ordinaut_add_extension_test(<test> EXTENSION <name> SOURCES <file …> [LIBRARIES <lib …>])
#   A program of the extension's sources and yours on the fake host (ordinaut/testing/fake_host.hpp), run by ctest.
#
# ordinaut_add_extension_check(<name>)
#   A test <name>.check that runs `ordinaut ext check` on what was built.
get_filename_component(ORDINAUT_SDK_CMAKE_DIR "${CMAKE_CURRENT_LIST_DIR}" ABSOLUTE)

function(ordinaut_add_extension name)
  cmake_parse_arguments(arg "INSTALL" "MANIFEST;STATIC;OUTPUT" "SOURCES;LIBRARIES" ${ARGN})
  if(NOT arg_MANIFEST)
    set(arg_MANIFEST extension.json)
  endif()
  if(NOT arg_OUTPUT)
    set(arg_OUTPUT ${CMAKE_BINARY_DIR}/extensions)
  endif()
  get_filename_component(manifest ${arg_MANIFEST} ABSOLUTE)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${manifest})
  file(READ ${manifest} text)
  foreach(key id version module)
    string(JSON ${key} ERROR_VARIABLE problem GET "${text}" ${key})
    if(problem)
      message(FATAL_ERROR "${manifest}: '${key}' is missing or unreadable: ${problem}")
    endif()
  endforeach()
  if(NOT module STREQUAL "lib${id}.so")
    message(FATAL_ERROR "${manifest}: 'module' is '${module}'; this builds lib${id}.so")
  endif()

  set(folder ${arg_OUTPUT}/${id})
  add_library(${name} MODULE ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE Ordinaut::SDK ${arg_LIBRARIES})
  target_compile_definitions(${name} PRIVATE ORDINAUT_EXTENSION_ID="${id}" ORDINAUT_EXTENSION_VERSION="${version}")
  target_link_options(${name} PRIVATE -Wl,-z,relro,-z,now
                      "-Wl,--version-script=${ORDINAUT_SDK_CMAKE_DIR}/extension.map")
  set_target_properties(${name} PROPERTIES
    PREFIX lib OUTPUT_NAME ${id} SUFFIX .so LIBRARY_OUTPUT_DIRECTORY ${folder}
    ORDINAUT_FOLDER ${folder} ORDINAUT_SOURCES "${arg_SOURCES}" ORDINAUT_LIBRARIES "${arg_LIBRARIES}"
    LINK_DEPENDS "${ORDINAUT_SDK_CMAKE_DIR}/extension.map;${manifest}"
    C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  add_custom_command(TARGET ${name} POST_BUILD
    COMMAND ${CMAKE_COMMAND} -E copy_if_different ${manifest} ${folder}/extension.json VERBATIM)
  if(arg_INSTALL)
    install(TARGETS ${name} LIBRARY DESTINATION lib/ordinaut/extensions/${id})
    install(FILES ${manifest} DESTINATION lib/ordinaut/extensions/${id})
  endif()

  string(JSON static ERROR_VARIABLE none GET "${text}" static folder)
  if(NOT none)
    get_filename_component(from ${manifest} DIRECTORY)
    string(APPEND from /${static})
    if(arg_STATIC)
      set(from ${arg_STATIC})
    else()
      file(GLOB_RECURSE files CONFIGURE_DEPENDS ${from}/*)
    endif()
    add_custom_command(TARGET ${name} POST_BUILD
      COMMAND ${CMAKE_COMMAND} -E rm -rf ${folder}/${static}
      COMMAND ${CMAKE_COMMAND} -E copy_directory ${from} ${folder}/${static} VERBATIM)
    set_property(TARGET ${name} APPEND PROPERTY LINK_DEPENDS ${files})
    if(arg_INSTALL)
      install(DIRECTORY ${from}/ DESTINATION lib/ordinaut/extensions/${id}/${static})
    endif()
  endif()
endfunction()

function(ordinaut_add_extension_test test)
  cmake_parse_arguments(arg "" "EXTENSION" "SOURCES;LIBRARIES" ${ARGN})
  get_target_property(sources ${arg_EXTENSION} ORDINAUT_SOURCES)
  get_target_property(libraries ${arg_EXTENSION} ORDINAUT_LIBRARIES)
  get_target_property(definitions ${arg_EXTENSION} COMPILE_DEFINITIONS)
  add_executable(${test} ${arg_SOURCES} ${sources})
  target_compile_definitions(${test} PRIVATE ${definitions})
  target_link_libraries(${test} PRIVATE Ordinaut::Testing ${arg_LIBRARIES})
  if(libraries)
    target_link_libraries(${test} PRIVATE ${libraries})
  endif()
  add_test(NAME ${test} COMMAND ${test})
  set_tests_properties(${test} PROPERTIES TIMEOUT 60)
endfunction()

function(ordinaut_add_extension_check name)
  if(NOT ORDINAUT_PROGRAM)
    message(FATAL_ERROR "the program `ordinaut` was not found; set ORDINAUT_PROGRAM to it")
  endif()
  get_target_property(folder ${name} ORDINAUT_FOLDER)
  add_test(NAME ${name}.check COMMAND ${ORDINAUT_PROGRAM} ext check ${folder})
  set_tests_properties(${name}.check PROPERTIES TIMEOUT 300)
endfunction()
