#include "ext_check/elf_facts.h"

#include <elf.h>

#include <cstring>

namespace ordinaut::ext_check {
namespace {

constexpr std::string_view kEntry = "ordinaut_extension_v1";

template <class T>
bool read(std::string_view bytes, uint64_t offset, T& out) {
    if (offset > bytes.size() || bytes.size() - offset < sizeof out) return false;
    std::memcpy(&out, bytes.data() + offset, sizeof out);
    return true;
}

std::string text_at(std::string_view bytes, const Elf64_Shdr& table, uint64_t index) {
    if (index >= table.sh_size || table.sh_offset + index >= bytes.size()) return {};
    const std::string_view rest = bytes.substr(table.sh_offset + index);
    return std::string(rest.substr(0, rest.find('\0')));
}

void take_symbols(std::string_view bytes, const Elf64_Shdr& symbols, const Elf64_Shdr& names,
                  ElfFacts& facts) {
    for (uint64_t at = 0; at + sizeof(Elf64_Sym) <= symbols.sh_size; at += sizeof(Elf64_Sym)) {
        Elf64_Sym symbol{};
        if (!read(bytes, symbols.sh_offset + at, symbol) || symbol.st_shndx == SHN_UNDEF ||
            symbol.st_shndx == SHN_ABS)
            continue;
        const auto binding = ELF64_ST_BIND(symbol.st_info);
        if (binding == STB_LOCAL || ELF64_ST_VISIBILITY(symbol.st_other) == STV_HIDDEN) continue;
        std::string name = text_at(bytes, names, symbol.st_name);
        if (name.empty() || name == kEntry) continue;
        if (binding == STB_GNU_UNIQUE) facts.unique.push_back(name);
        facts.exported.push_back(std::move(name));
    }
}

void take_dynamic(std::string_view bytes, const Elf64_Shdr& dynamic, const Elf64_Shdr& names,
                  ElfFacts& facts) {
    for (uint64_t at = 0; at + sizeof(Elf64_Dyn) <= dynamic.sh_size; at += sizeof(Elf64_Dyn)) {
        Elf64_Dyn entry{};
        if (!read(bytes, dynamic.sh_offset + at, entry) || entry.d_tag == DT_NULL) return;
        if (entry.d_tag == DT_NEEDED)
            facts.needed.push_back(text_at(bytes, names, entry.d_un.d_val));
        if (entry.d_tag == DT_RUNPATH || entry.d_tag == DT_RPATH) {
            std::string all = text_at(bytes, names, entry.d_un.d_val) + ":";
            for (size_t colon = all.find(':'); colon != std::string::npos; colon = all.find(':')) {
                facts.run_path.push_back(all.substr(0, colon));
                all.erase(0, colon + 1);
            }
        }
        if (entry.d_tag == DT_TEXTREL) facts.text_relocations = true;
        if (entry.d_tag == DT_BIND_NOW) facts.bind_now = true;
        if (entry.d_tag == DT_FLAGS && (entry.d_un.d_val & DF_BIND_NOW) != 0) facts.bind_now = true;
        if (entry.d_tag == DT_FLAGS && (entry.d_un.d_val & DF_TEXTREL) != 0)
            facts.text_relocations = true;
        if (entry.d_tag == DT_FLAGS_1 && (entry.d_un.d_val & DF_1_NOW) != 0) facts.bind_now = true;
    }
}

}  // namespace

ElfFacts read_elf(std::string_view bytes) {
    ElfFacts facts;
    Elf64_Ehdr header{};
    if (!read(bytes, 0, header)) return facts;
    for (uint64_t n = 0; n < header.e_phnum; ++n) {
        Elf64_Phdr segment{};
        if (!read(bytes, header.e_phoff + n * sizeof segment, segment)) continue;
        if (segment.p_type == PT_GNU_RELRO) facts.relro = true;
        if (segment.p_type == PT_GNU_STACK) facts.executable_stack = (segment.p_flags & PF_X) != 0;
    }
    for (uint64_t n = 0; n < header.e_shnum; ++n) {
        Elf64_Shdr section{}, names{};
        if (!read(bytes, header.e_shoff + n * sizeof section, section)) continue;
        if (section.sh_link >= header.e_shnum ||
            !read(bytes, header.e_shoff + section.sh_link * sizeof names, names))
            continue;
        if (section.sh_type == SHT_DYNSYM) take_symbols(bytes, section, names, facts);
        if (section.sh_type == SHT_DYNAMIC) take_dynamic(bytes, section, names, facts);
    }
    return facts;
}

}  // namespace ordinaut::ext_check
