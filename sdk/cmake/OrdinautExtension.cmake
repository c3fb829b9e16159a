# ordinaut_add_extension(<name> SOURCES <file …> [MANIFEST extension.json] [LIBRARIES <lib …>] [OUTPUT <dir>] [INSTALL])
#
# Builds one extension: the folder <OUTPUT>/<id>/ with extension.json and lib<id>.so, ready to be dropped into
# ORDINAUT_EXT_PATHS. OUTPUT defaults to ${CMAKE_BINARY_DIR}/extensions. The id and version are read from the manifest and
# compiled in; nothing but the entry point is exported. INSTALL adds the folder to lib/ordinaut/extensions.
get_filename_component(ORDINAUT_SDK_CMAKE_DIR "${CMAKE_CURRENT_LIST_DIR}" ABSOLUTE)

function(ordinaut_add_extension name)
  cmake_parse_arguments(arg "INSTALL" "MANIFEST;OUTPUT" "SOURCES;LIBRARIES" ${ARGN})
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
    LINK_DEPENDS ${ORDINAUT_SDK_CMAKE_DIR}/extension.map
    C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  add_custom_command(TARGET ${name} POST_BUILD
    COMMAND ${CMAKE_COMMAND} -E copy_if_different ${manifest} ${folder}/extension.json VERBATIM)
  set_property(TARGET ${name} APPEND PROPERTY LINK_DEPENDS ${manifest})
  if(arg_INSTALL)
    install(TARGETS ${name} LIBRARY DESTINATION lib/ordinaut/extensions/${id})
    install(FILES ${manifest} DESTINATION lib/ordinaut/extensions/${id})
  endif()
endfunction()
