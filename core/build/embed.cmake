# ordinaut_embed(<target> NAMESPACE <ns> HEADER <name.h> ROOT <dir> FILES <file …>)
#
# Compiles text files into `target`: generates <name.h>, which declares
#   namespace ns { struct File { std::string_view path, text; };  const std::vector<File>& embedded_files(); }
# with paths relative to ROOT, in the order given. The files are a library of their own, so that the header can be made
# (by ./dev lint, say) before anything that `target` depends on is built.
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
  add_library(${target}_${stem} STATIC ${out}/${stem}.cpp ${out}/${arg_HEADER})
  target_include_directories(${target}_${stem} PUBLIC ${out})
  target_link_libraries(${target}_${stem} PRIVATE ordinaut_options)
  target_link_libraries(${target} PRIVATE ${target}_${stem})
endfunction()
