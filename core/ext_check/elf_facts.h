// What the dynamic linker will make of a shared library, read without running any of it.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace ordinaut::ext_check {

struct ElfFacts {
    std::vector<std::string> exported;  // Defined symbols others can see, without the entry.
    // Those of them that are one for the whole process, whatever RTLD_LOCAL says.
    std::vector<std::string> unique;
    std::vector<std::string> needed;    // Libraries.
    std::vector<std::string> run_path;  // Entries of RUNPATH and RPATH.
    bool relro = false, bind_now = false, executable_stack = true, text_relocations = false;
};

// `bytes` has passed ext::check_library. What cannot be read is left out.
ElfFacts read_elf(std::string_view bytes);

}  // namespace ordinaut::ext_check
