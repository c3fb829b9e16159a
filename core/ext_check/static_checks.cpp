#include "ext_check/static_checks.h"

#include <fstream>
#include <sstream>

#include "base/json.h"
#include "ext/elf.h"
#include "ext_check/elf_facts.h"

namespace ordinaut::ext_check {
namespace {

namespace fs = std::filesystem;
constexpr const char* kWithCMake =
    "build it with ordinaut_add_extension(), or link with -Wl,-z,relro,-z,now and the SDK's "
    "extension.map";

// An error says what is wrong with the file, without its name.
Result<std::string> read_whole(const fs::path& file, uintmax_t mib_max) {
    std::error_code problem;
    const auto kind = fs::status(file, problem).type();
    if (kind == fs::file_type::not_found) return not_found("is missing");
    if (problem) return unavailable("cannot be read: " + problem.message());
    if (kind != fs::file_type::regular) return invalid("", "is not a file");
    if (fs::file_size(file, problem) > mib_max << 20)
        return Error{ErrorCode::kTooLarge, "is larger than " + std::to_string(mib_max) + " MiB"};
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    if (!in) return unavailable("cannot be read; check its permissions");
    return std::move(text).str();
}

std::string first_of(const std::vector<std::string>& names) {
    return names.front() +
           (names.size() > 1 ? " and " + std::to_string(names.size() - 1) + " more" : "");
}

void check_declared_folder(const fs::path& folder, const std::string& manifest_text,
                           std::vector<Finding>& findings) {
    const auto json = parse_json(manifest_text);
    const JsonValue* section = json.ok() ? find(*json, "static") : nullptr;
    if (section == nullptr) return;
    std::error_code problem;
    const std::string name(string_or(*section, "folder", ""));
    if (!fs::is_directory(folder / name, problem))
        findings.push_back({Severity::kError, "manifest",
                            "/static/folder names '" + name + "', but there is no such folder",
                            "copy it beside extension.json, or remove 'static'"});
}

}  // namespace

std::optional<ext::Manifest> check_manifest(const fs::path& folder,
                                            std::vector<Finding>& findings) {
    std::error_code problem;
    const bool there = fs::is_directory(folder, problem);
    const auto text = read_whole(folder / "extension.json", 1);
    if (!text.ok()) {
        findings.push_back(
            {Severity::kError, "manifest",
             there ? "extension.json " + text.error().message
                   : "there is no folder '" + folder.string() + "'",
             "give the built folder, the one that holds extension.json and the module"});
        return std::nullopt;
    }
    const fs::path whole = fs::canonical(folder, problem);
    auto manifest = ext::parse_manifest(*text, (problem ? folder : whole).filename().string());
    if (!manifest.ok()) {
        const Error& error = manifest.error();
        const std::string hint =
            "correct extension.json; share/ordinaut/schemas/extension.schema.json describes every "
            "key";
        if (error.details.empty())
            findings.push_back(
                {Severity::kError, "manifest", "extension.json: " + error.message, hint});
        for (const auto& detail : error.details)
            findings.push_back({Severity::kError, "manifest",
                                "extension.json: " + detail.pointer + " " + detail.message, hint});
        return std::nullopt;
    }
    for (const auto& warning : manifest->warnings)
        findings.push_back({Severity::kWarning, "manifest", "extension.json: " + warning,
                            "remove it, or correct its name"});
    check_declared_folder(folder, *text, findings);
    return std::move(*manifest);
}

bool check_module(const fs::path& file, std::vector<Finding>& findings) {
    const std::string name = file.filename().string();
    const auto bytes = read_whole(file, 256);
    const auto say = [&](Severity severity, const std::string& what, const std::string& hint) {
        findings.push_back({severity, "module", name + " " + what, hint});
    };
    if (!bytes.ok()) {
        say(Severity::kError, bytes.error().message, "build it into the folder of extension.json");
        return false;
    }
    if (const auto checked = ext::check_library(*bytes); !checked.ok()) {
        say(Severity::kError, checked.error().message, kWithCMake);
        return false;
    }
    const ElfFacts facts = read_elf(*bytes);
    if (!facts.unique.empty())
        say(Severity::kError,
            "exports symbols that are one for the whole process (" + first_of(facts.unique) +
                "): two extensions would share them",
            kWithCMake);
    else if (!facts.exported.empty())
        say(Severity::kWarning,
            "exports more than ordinaut_extension_v1: " + first_of(facts.exported), kWithCMake);
    if (facts.executable_stack)
        say(Severity::kError, "asks for an executable stack",
            "link with -Wl,-z,noexecstack; assembly files need a .note.GNU-stack section");
    if (facts.text_relocations)
        say(Severity::kError, "has relocations in its code", "compile everything in it with -fPIC");
    if (!facts.relro || !facts.bind_now)
        say(Severity::kWarning, "is linked without full RELRO", kWithCMake);
    for (const auto& entry : facts.run_path)
        if (entry.rfind("$ORIGIN", 0) != 0)
            say(Severity::kWarning,
                "looks for libraries in '" + entry +
                    "' (RUNPATH), which other machines may not have",
                "put the library beside the module with RUNPATH $ORIGIN, link it statically, or "
                "build with -DCMAKE_SKIP_RPATH=ON");
    return true;
}

}  // namespace ordinaut::ext_check
