// A directory of its own for a test, removed with everything in it at the end.
#pragma once
#include <string>

namespace ordinaut::testing {

class TempDir {
public:
    // Under /tmp, so that unix socket paths stay short; other users may pass through it (servers
    // started by root do).
    TempDir();
    ~TempDir();
    TempDir(const TempDir&) = delete;
    TempDir& operator=(const TempDir&) = delete;

    const std::string& path() const { return path_; }
    std::string operator/(const std::string& name) const { return path_ + "/" + name; }

private:
    std::string path_;
};

// Writes `text` to `path`, replacing what was there. Aborts the test program when it cannot.
void write_file(const std::string& path, const std::string& text);
std::string read_file(const std::string& path);

}  // namespace ordinaut::testing
