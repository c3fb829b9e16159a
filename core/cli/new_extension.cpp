#include "cli/new_extension.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

#include "templates.h"

namespace ordinaut::cli {
namespace {

namespace fs = std::filesystem;

// Words that CMake keeps as names of targets, or Rust as keywords and crates.
const std::set<std::string_view>& kept_words() {
    static const std::set<std::string_view> kWords = {
        "abstract", "all",    "alloc",  "as",       "async",   "await",  "become",     "box",
        "break",    "clean",  "const",  "continue", "core",    "crate",  "do",         "dyn",
        "else",     "enum",   "extern", "false",    "final",   "fn",     "for",        "help",
        "if",       "impl",   "in",     "install",  "let",     "loop",   "macro",      "match",
        "mod",      "move",   "mut",    "override", "package", "priv",   "proc_macro", "pub",
        "ref",      "return", "self",   "static",   "std",     "struct", "super",      "test",
        "trait",    "true",   "try",    "type",     "typeof",  "unsafe", "unsized",    "use",
        "virtual",  "where",  "while",  "yield"};
    return kWords;
}

Status check_id(const std::string& id) {
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    };
    const bool good = id.size() >= 2 && id.size() <= 64 && id[0] >= 'a' && id[0] <= 'z' &&
                      std::all_of(id.begin(), id.end(), fits);
    if (!good)
        return invalid("id",
                       "must be 2 to 64 small letters, digits and '_', beginning with a letter, "
                       "such as my_ext");
    if (kept_words().count(id) != 0)
        return invalid(
            "id", "'" + id + "' is a word that CMake or Rust keeps for itself; choose another");
    return ok();
}

// my_ext → MyExt.
std::string class_name(const std::string& id) {
    std::string name;
    bool upper = true;
    for (const char c : id) {
        if (c != '_') name += upper ? static_cast<char>(toupper(static_cast<unsigned char>(c))) : c;
        upper = c == '_';
    }
    return name;
}

std::string replaced(std::string text, std::string_view from, const std::string& to) {
    for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
    return text;
}

std::string filled_in(std::string_view text, const std::string& id) {
    return replaced(replaced(std::string(text), "MyExt", class_name(id)), "my_ext", id);
}

Status write_text(const fs::path& file, const std::string& text) {
    std::error_code problem;
    fs::create_directories(file.parent_path(), problem);
    std::ofstream out(file, std::ios::binary);
    out << text;
    out.close();
    if (!problem && file.extension() == ".sh")
        fs::permissions(file,
                        fs::perms::owner_exec | fs::perms::group_exec | fs::perms::others_exec,
                        fs::perm_options::add, problem);
    if (problem || !out) return unavailable("cannot write " + file.string());
    return ok();
}

}  // namespace

Result<std::vector<std::string>> write_new_extension(const NewExtension& wanted) {
    TRY(check_id(wanted.id));
    const fs::path folder = fs::path(wanted.parent) / wanted.id;
    std::error_code problem;
    if (fs::exists(folder, problem) && !fs::is_empty(folder, problem))
        return conflict(folder.string() + " is there and not empty; choose another id or --dir");
    std::vector<std::string> written;
    for (const auto& file : templates::embedded_files()) {
        const std::string_view path = file.path;
        const size_t slash = path.find('/');
        if (path.substr(0, slash) != wanted.language) continue;
        const fs::path target = folder / filled_in(path.substr(slash + 1), wanted.id);
        TRY(write_text(target, filled_in(file.text, wanted.id)));
        written.push_back(target.string());
    }
    if (written.empty()) return invalid("lang", "is '" + wanted.language + "'; use cpp, c or rust");
    return written;
}

}  // namespace ordinaut::cli
