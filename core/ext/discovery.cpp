#include "ext/discovery.h"

#include <algorithm>
#include <fstream>
#include <sstream>

namespace ordinaut::ext {
namespace {

namespace fs = std::filesystem;
constexpr const char* kManifestName = "extension.json";
constexpr const char* kDeadLink = "is a link that leads nowhere; correct it or remove it";
// By Source.
constexpr const char* kOwners[] = {"a built-in extension", "another folder of ORDINAUT_EXT_PATHS",
                                   "an extension of a package"};
constexpr size_t kManifestBytesMax = 1 << 20;
constexpr size_t kFoldersMax = 1000;
constexpr size_t kEntriesMax = 100'000;  // Of a folder of folders, with what is none of ours.

std::string explain(const std::string& label, const Error& error) {
    if (error.details.empty()) return label + ": " + error.message;
    std::string text = label + ": ";
    for (const auto& detail : error.details) {
        if (text.size() > label.size() + 2) text += "; ";
        text += (detail.pointer.empty() ? "" : detail.pointer + " ") + detail.message;
    }
    return text;
}

std::string unreadable(const std::error_code& problem) {
    if (problem == std::errc::permission_denied) return "cannot be read; check its permissions";
    if (problem == std::errc::too_many_symbolic_link_levels) return kDeadLink;
    return "cannot be read: " + problem.message();
}

Result<std::string> read_manifest(const fs::path& file) {
    std::error_code problem;
    const auto kind = fs::status(file, problem).type();
    if (kind == fs::file_type::not_found)
        return not_found(fs::is_symlink(file, problem) ? kDeadLink : "is missing");
    if (problem) return not_found(unreadable(problem));
    if (kind != fs::file_type::regular) return not_found("is not a file");
    if (fs::file_size(file, problem) > kManifestBytesMax)
        return Error{ErrorCode::kTooLarge, "is larger than 1 MiB"};
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    if (!in || problem) return not_found("cannot be read; check its permissions");
    return std::move(text).str();
}

// What is no folder of an extension, but was meant to be one.
Found refused(const fs::path& entry, Source source, const std::string& why) {
    Found found;
    found.id = entry.filename().string();
    found.label = found.id;
    found.folder = entry;
    found.source = source;
    found.error = found.id + ": " + why;
    return found;
}

// Tells a folder that was meant to be an extension from lost+found and the links of editors.
bool may_be_id(const std::string& name) {
    return !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
}

// Nothing: it is somebody else's.
std::optional<Found> read_entry(const fs::path& entry, Source source) {
    const auto say = [&](const std::string& why) -> std::optional<Found> {
        if (!may_be_id(entry.filename().string())) return std::nullopt;
        return refused(entry, source, why);
    };
    std::error_code problem;
    const auto kind = fs::status(entry, problem).type();
    if (kind == fs::file_type::none) return say(unreadable(problem));
    if (kind == fs::file_type::not_found) return say(kDeadLink);
    if (kind != fs::file_type::directory) return std::nullopt;
    const auto manifest = fs::symlink_status(entry / kManifestName, problem).type();
    if (manifest == fs::file_type::not_found) return std::nullopt;
    if (manifest == fs::file_type::none) return say(unreadable(problem));
    return read_extension(entry, source);
}

// An error is that of reading `entry` itself.
std::error_code read_folders(const fs::path& entry, Source source, std::vector<Found>& all) {
    std::vector<fs::path> inside;
    std::error_code problem;
    for (fs::directory_iterator at(entry, problem), end;
         !problem && at != end && inside.size() < kEntriesMax; at.increment(problem))
        inside.push_back(at->path());
    std::sort(inside.begin(), inside.end());
    size_t folders = 0;
    for (const auto& one : inside) {
        auto found = read_entry(one, source);
        if (!found) continue;
        all.push_back(std::move(*found));
        if (++folders == kFoldersMax) break;
    }
    return problem;
}

// A path without its trailing slash, so that filename() is the folder's name.
fs::path trimmed(const fs::path& path) { return path.has_filename() ? path : path.parent_path(); }

void read_drop_in(const fs::path& given, std::vector<Found>& all) {
    const fs::path entry = trimmed(given);
    std::error_code problem;
    if (fs::exists(fs::symlink_status(entry / kManifestName, problem)))
        return all.push_back(read_extension(entry, Source::kPath));
    const auto say = [&](const std::string& what) {
        all.push_back(refused(entry, Source::kPath, "ORDINAUT_EXT_PATHS names it, but " + what));
    };
    if (!fs::is_directory(entry, problem)) return say("there is no such folder");
    if (const auto unread = read_folders(entry, Source::kPath, all); unread)
        say("it " + unreadable(unread));
}

void refuse_duplicates(std::vector<Found>& all) {
    std::map<std::string, const Found*> first;
    for (auto& found : all) {
        if (!found.manifest) continue;
        const auto [at, added] = first.emplace(found.id, &found);
        if (added) continue;
        found.error = found.label + ": /id '" + found.id + "' is taken by " +
                      kOwners[static_cast<int>(at->second->source)] +
                      ", which was found earlier and goes on; rename this one or remove it";
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
    if (std::error_code unknown; !fs::exists(folder, unknown) && !unknown) {
        found.error = found.id + ": its folder is gone";
        return found;
    }
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
