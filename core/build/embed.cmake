# ordinaut_embed(<target> NAMESPACE <ns> HEADER <name.h> ROOT <dir> FILES <file …>)
#
# Compiles text files into `target`: generates <name.h>, which declares
#   namespace ns { struct File { std::string_view path, text; };  const std::vector<File>& embedded_files(); }
# with paths relative to ROOT, in the order given.
function(ordinaut_embed target)
  cmake_parse_arguments(arg "" "NAMESPACE;HEADER;ROOT" "FILES" ${ARGN})
  set(out ${CMAKE_CURRENT_BINARY_DIR}/embedded)
  get_filename_component(stem ${arg_HEADER} NAME_WE)
  string(REPLACE ";" "|" files "${arg_FILES}")
  add_custom_command(
    OUTPUT ${out}/${stem}.cpp ${out}/${arg_HEADER}
    COMMAND ${CMAKE_COMMAND} -DNAMESPACE=${arg_NAMESPACE} -DHEADER=${arg_HEADER} -DROOT=${arg_ROOT} "-DFILES=${files}"
            -DOUT=${out} -P ${PROJECT_SOURCE_DIR}/core/build/embed_files.cmake
    DEPENDS ${arg_FILES} ${PROJECT_SOURCE_DIR}/core/build/embed_files.cmake
    VERBATIM)
  target_sources(${target} PRIVATE ${out}/${stem}.cpp ${out}/${arg_HEADER})
  set_source_files_properties(${out}/${stem}.cpp PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
  target_include_directories(${target} PRIVATE ${out})
endfunction()
