#include "ext/discovery.h"

#include <fstream>
#include <sstream>

namespace ordinaut::ext {
namespace {

namespace fs = std::filesystem;
constexpr const char* kManifestName = "extension.json";
constexpr size_t kManifestBytesMax = 1 << 20;
constexpr size_t kFoldersMax = 1000;

std::string explain(const std::string& label, const Error& error) {
    if (error.details.empty()) return label + ": " + error.message;
    std::string text = label + ": ";
    for (const auto& detail : error.details) {
        if (text.size() > label.size() + 2) text += "; ";
        text += (detail.pointer.empty() ? "" : detail.pointer + " ") + detail.message;
    }
    return text;
}

Result<std::string> read_manifest(const fs::path& file) {
    std::error_code problem;
    if (!fs::is_regular_file(file, problem)) return not_found("is not a file");
    if (fs::file_size(file, problem) > kManifestBytesMax)
        return Error{ErrorCode::kTooLarge, "is larger than 1 MiB"};
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    if (!in || problem) return not_found("cannot be read; check its permissions");
    return std::move(text).str();
}

void read_folders(const fs::path& entry, Source source, std::vector<Found>& all) {
    std::vector<fs::path> folders;
    std::error_code problem;
    for (fs::directory_iterator at(entry, problem), end; !problem && at != end;
         at.increment(problem)) {
        std::error_code ignored;
        if (at->is_directory(ignored) && fs::exists(at->path() / kManifestName, ignored))
            folders.push_back(at->path());
        if (folders.size() > kFoldersMax) break;
    }
    std::sort(folders.begin(), folders.end());
    for (const auto& folder : folders) all.push_back(read_extension(folder, source));
}

// A path without its trailing slash, so that filename() is the folder's name.
fs::path trimmed(const fs::path& path) { return path.has_filename() ? path : path.parent_path(); }

void read_drop_in(const fs::path& given, std::vector<Found>& all) {
    const fs::path entry = trimmed(given);
    std::error_code problem;
    if (fs::exists(entry / kManifestName, problem))
        return all.push_back(read_extension(entry, Source::kPath));
    if (fs::is_directory(entry, problem)) return read_folders(entry, Source::kPath, all);
    Found missing;
    missing.id = entry.filename().string();
    missing.label = missing.id;
    missing.folder = entry;
    missing.error = missing.id + ": ORDINAUT_EXT_PATHS names it, but there is no such folder";
    all.push_back(std::move(missing));
}

void refuse_duplicates(std::vector<Found>& all) {
    std::map<std::string, const Found*> first;
    for (auto& found : all) {
        if (!found.manifest) continue;
        const auto [at, added] = first.emplace(found.id, &found);
        if (added) continue;
        found.error = found.label + ": /id '" + found.id + "' is taken by the " +
                      std::string(name_of(at->second->source)) +
                      " extension found earlier; rename one of them or remove it";
        found.manifest.reset();
        found.duplicate = true;
    }
}

}  // namespace

Found read_extension(const fs::path& folder, Source source) {
    Found found;
    found.id = folder.filename().string();
    found.label = found.id + "/" + kManifestName;
    found.folder = folder;
    found.source = source;
    const auto text = read_manifest(folder / kManifestName);
    if (!text.ok()) {
        found.error = explain(found.label, text.error());
        return found;
    }
    auto manifest = parse_manifest(*text, found.id);
    if (manifest.ok())
        found.manifest = std::move(*manifest);
    else
        found.error = explain(found.label, manifest.error());
    return found;
}

std::vector<fs::path> split_paths(std::string_view text) {
    std::vector<fs::path> paths;
    while (!text.empty()) {
        const size_t colon = std::min(text.find(':'), text.size());
        if (colon > 0) paths.emplace_back(text.substr(0, colon));
        text.remove_prefix(std::min(colon + 1, text.size()));
    }
    return paths;
}

std::vector<Found> discover(const SearchPaths& paths) {
    std::vector<Found> all;
    for (const auto& entry : paths.builtin) read_folders(entry, Source::kBuiltin, all);
    for (const auto& entry : paths.drop_in) read_drop_in(entry, all);
    for (const auto& entry : paths.packages) read_folders(entry, Source::kPackage, all);
    refuse_duplicates(all);
    return all;
}

}  // namespace ordinaut::ext
