// Finds extensions on disk and reads their manifests. Runs none of their code.
#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "ext/manifest.h"

namespace ordinaut::ext {

struct SearchPaths {
    std::vector<std::filesystem::path> builtin;  // Folders of extension folders; may be absent.
    // ORDINAUT_EXT_PATHS: each an extension folder, or a folder of them.
    std::vector<std::filesystem::path> drop_in;
    std::vector<std::filesystem::path> packages;  // As builtin.
};

// Splits ORDINAUT_EXT_PATHS at colons; empty entries are left out.
std::vector<std::filesystem::path> split_paths(std::string_view text);

// One extension folder, good or not.
struct Found {
    std::string id;  // The manifest's; the folder's name when the manifest cannot be read.
    // "<folder>/extension.json", relative to the search entry: what errors name.
    std::string label;
    std::filesystem::path folder;
    Source source = Source::kPath;
    std::optional<Manifest> manifest;  // Absent: `error` says why.
    std::string error;
    bool duplicate = false;  // Its id is taken by one found earlier.
};

// In the order of the sources, by name within one. A later one with the id of an earlier one is an
// error, as are a drop-in entry that does not exist, and a folder or link in one that cannot be
// looked into. At most 1,000 folders per entry.
std::vector<Found> discover(const SearchPaths& paths);

// One folder again.
Found read_extension(const std::filesystem::path& folder, Source source);

}  // namespace ordinaut::ext
