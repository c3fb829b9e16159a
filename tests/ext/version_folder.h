// A folder in which the versions of one extension (tests/ext/reload) follow each other.
#pragma once
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace ordinaut {

class VersionFolder {
public:
    VersionFolder() {
        std::string name = std::filesystem::temp_directory_path() / "versioned_XXXXXX";
        path_ = mkdtemp(name.data());
        std::filesystem::create_directory(path_ / "versioned");
        put(1);
    }
    ~VersionFolder() { std::filesystem::remove_all(path_); }
    VersionFolder(const VersionFolder&) = delete;
    VersionFolder& operator=(const VersionFolder&) = delete;

    const std::filesystem::path& path() const { return path_; }

    // Puts version 1 to 4 into it (3 has no reconfigure, 4 does not start); another `salt` makes
    // other bytes.
    void put(int version, int salt = 0) const {
        const std::filesystem::path from =
            VERSIONED_DIR "/" + std::to_string(version) + "/versioned";
        for (const char* name : {"libversioned.so", "extension.json"}) {
            const auto fresh = path_ / "versioned" / (std::string(name) + ".new");
            std::filesystem::copy_file(from / name, fresh,
                                       std::filesystem::copy_options::overwrite_existing);
            if (salt != 0 && std::string_view(name).ends_with(".so"))
                std::ofstream(fresh, std::ios::app) << salt;
            std::filesystem::rename(fresh, path_ / "versioned" / name);
        }
    }

private:
    std::filesystem::path path_;
};

}  // namespace ordinaut
