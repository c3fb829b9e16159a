# Run by ordinaut_embed: writes OUT/HEADER and its .cpp. Text is cut into pieces below the compilers' literal limit.
string(REPLACE "|" ";" FILES "${FILES}")
get_filename_component(stem ${HEADER} NAME_WE)
file(WRITE ${OUT}/${HEADER} "// Generated. Text files of the source tree, compiled in.
#pragma once
#include <string_view>
#include <vector>
namespace ${NAMESPACE} {
struct File {
    std::string_view path;
    std::string_view text;
};
const std::vector<File>& embedded_files();
}  // namespace ${NAMESPACE}
")
set(body "#include \"${HEADER}\"\n#include <string>\nnamespace ${NAMESPACE} {\nconst std::vector<File>& embedded_files() {\n")
set(list "")
set(n 0)
foreach(file IN LISTS FILES)
  file(RELATIVE_PATH path ${ROOT} ${file})
  file(READ ${file} hex HEX)
  string(LENGTH "${hex}" digits)
  math(EXPR bytes "${digits} / 2")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," array "${hex}")
  string(APPEND body "    static const unsigned char file_${n}[] = {${array}0};\n")
  string(APPEND list "        {\"${path}\", {reinterpret_cast<const char*>(file_${n}), ${bytes}}},\n")
  math(EXPR n "${n} + 1")
endforeach()
string(APPEND body "    static const std::vector<File> files = {\n${list}    };\n    return files;\n}\n}  // namespace ${NAMESPACE}\n")
file(WRITE ${OUT}/${stem}.cpp "${body}")
