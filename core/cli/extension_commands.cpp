#include "cli/extension_commands.h"

#include <ostream>

#include "base/json.h"
#include "cli/show.h"

namespace ordinaut::cli {

void add_extension_options(CLI::App& fresh, CLI::App& check, ExtensionCommands& commands) {
    fresh.add_option("ID", commands.fresh.id, "Its id, and the name of its folder, such as my_ext")
        ->type_name("")
        ->required();
    fresh.add_option("--lang", commands.fresh.language, "cpp, c or rust")
        ->type_name("LANG")
        ->check(CLI::IsMember({"cpp", "c", "rust"}));
    fresh.add_option("--dir", commands.fresh.parent, "Where the folder is made")->type_name("DIR");
    check
        .add_option("DIR", commands.check.folder, "The built folder: extension.json and the module")
        ->type_name("")
        ->required();
    check.add_option("--format", commands.check.format, "text, json or junit")
        ->type_name("FORMAT")
        ->check(CLI::IsMember({"text", "json", "junit"}));
    check
        .add_option("--timeout", commands.check.timeout_seconds,
                    "Seconds that each part may take (60)")
        ->type_name("SECONDS")
        ->check(CLI::Range(1, 3600));
}

int run_new_extension(const NewExtension& wanted, bool json, Console& console) {
    const auto written = write_new_extension(wanted);
    if (!written.ok()) return show_error(console, written.error());
    const std::string folder = wanted.parent == "." ? wanted.id : wanted.parent + "/" + wanted.id;
    if (json) {
        JsonWriter writer;
        writer.begin_object()
            .field("id", wanted.id)
            .field("folder", folder)
            .key("files")
            .begin_array();
        for (const auto& file : *written) writer.string(file);
        console.out << writer.end_array().end_object().take() << "\n";
        return kExitOk;
    }
    for (const auto& file : *written) console.out << file << "\n";
    console.out << "\nNext:\n  cd " << printable(folder) << "\n";
    if (wanted.language == "rust")
        console.out << "  cargo test --offline && ./build.sh\n";
    else
        console.out << "  cmake -B build && cmake --build build && ctest --test-dir build\n";
    console.out << "  ORDINAUT_EXT_PATHS=$PWD/build/extensions ordinaut up\n";
    return kExitOk;
}

}  // namespace ordinaut::cli
