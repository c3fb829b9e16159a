#include "ext/elf.h"

#include <elf.h>

#include <cstring>

namespace ordinaut::ext {
namespace {

constexpr std::string_view kEntry = "ordinaut_extension_v1";
#if defined(__x86_64__)
constexpr auto kMachine = EM_X86_64;
constexpr const char* kMachineName = "x86-64";
#elif defined(__aarch64__)
constexpr auto kMachine = EM_AARCH64;
constexpr const char* kMachineName = "AArch64";
#else
#error "the machine's ELF number is not known here"
#endif

Error refuse(std::string why) { return Error{ErrorCode::kInvalid, std::move(why)}; }
Error cut_off() {
    return refuse("is cut off; copy it again, under another name, and rename it into place");
}

// Reads structures out of the file; every access is checked against its size.
class Image {
public:
    explicit Image(std::string_view bytes) : bytes_(bytes) {}
    bool holds(uint64_t offset, uint64_t size) const {
        return offset <= bytes_.size() && size <= bytes_.size() - offset;
    }
    template <class T>
    bool read(uint64_t offset, T& out) const {
        if (!holds(offset, sizeof out)) return false;
        std::memcpy(&out, bytes_.data() + offset, sizeof out);
        return true;
    }
    // Whether the NUL-terminated text at `offset` is `wanted`.
    bool is_text(uint64_t offset, std::string_view wanted) const {
        return holds(offset, wanted.size() + 1) && bytes_.substr(offset, wanted.size()) == wanted &&
               bytes_[offset + wanted.size()] == '\0';
    }

private:
    std::string_view bytes_;
};

Status check_header(std::string_view bytes, const Elf64_Ehdr& header) {
    if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) return refuse("is not an ELF file");
    if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB ||
        header.e_machine != kMachine)
        return refuse(std::string("is built for another machine; this host is 64-bit ") +
                      kMachineName);
    if (header.e_type != ET_DYN) return refuse("is not a shared library; link it with -shared");
    if (header.e_phentsize != sizeof(Elf64_Phdr) || header.e_phnum == 0)
        return refuse("has no program headers");
    const Image image(bytes);
    for (uint64_t n = 0; n < header.e_phnum; ++n) {
        Elf64_Phdr segment{};
        if (!image.read(header.e_phoff + n * sizeof segment, segment)) return cut_off();
        // Mapping past the end of the file would end the process with SIGBUS.
        if (!image.holds(segment.p_offset, segment.p_filesz)) return cut_off();
    }
    return ok();
}

Status find_entry(const Image& image, const Elf64_Shdr& symbols, const Elf64_Shdr& names) {
    if (symbols.sh_entsize != sizeof(Elf64_Sym) ||
        !image.holds(symbols.sh_offset, symbols.sh_size) ||
        !image.holds(names.sh_offset, names.sh_size))
        return cut_off();
    for (uint64_t at = 0; at + sizeof(Elf64_Sym) <= symbols.sh_size; at += sizeof(Elf64_Sym)) {
        Elf64_Sym symbol{};
        image.read(symbols.sh_offset + at, symbol);
        if (symbol.st_name >= names.sh_size ||
            !image.is_text(names.sh_offset + symbol.st_name, kEntry))
            continue;
        if (symbol.st_shndx == SHN_UNDEF)
            return refuse("uses " + std::string(kEntry) +
                          "(), but does not define it; add ORDINAUT_EXTENSION(YourClass)");
        if (ELF64_ST_TYPE(symbol.st_info) != STT_FUNC)
            return refuse("exports " + std::string(kEntry) +
                          ", but it is not a function; it must be one");
        return ok();
    }
    return refuse("does not export " + std::string(kEntry) +
                  "(); add ORDINAUT_EXTENSION(YourClass), and build with ordinaut_add_extension()");
}

}  // namespace

Status check_library(std::string_view bytes) {
    const Image image(bytes);
    Elf64_Ehdr header{};
    if (bytes.empty()) return refuse("is empty");
    if (!image.read(0, header))
        return bytes.substr(0, SELFMAG) == ELFMAG ? cut_off() : refuse("is not an ELF file");
    TRY(check_header(bytes, header));
    if (header.e_shoff == 0 || header.e_shentsize != sizeof(Elf64_Shdr))
        return refuse("has no section headers; do not remove them");
    if (!image.holds(header.e_shoff, uint64_t{header.e_shnum} * sizeof(Elf64_Shdr)))
        return cut_off();
    for (uint64_t n = 0; n < header.e_shnum; ++n) {
        Elf64_Shdr section{};
        image.read(header.e_shoff + n * sizeof section, section);
        if (section.sh_type != SHT_DYNSYM) continue;
        Elf64_Shdr names{};
        if (section.sh_link >= header.e_shnum ||
            !image.read(header.e_shoff + section.sh_link * sizeof names, names))
            return cut_off();
        return find_entry(image, section, names);
    }
    return refuse("has no dynamic symbols");
}

}  // namespace ordinaut::ext
