// The named statements of sql/queries, embedded at build time.
//
// A file holds blocks: "-- name: x" or "-- fragment: x", comment lines that say why, and the text.
// {x} in a text stands for the fragment x; it may come from another file. Braces around anything
// else are left alone.
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace ordinaut::store::postgres {

// Immutable, so thread-safe.
class Queries {
public:
    Queries();  // The embedded files.
    // The statement with that name; an unknown name is a programmer's error (CHECK).
    const std::string& text(std::string_view name) const;
    std::vector<std::string> names() const;

private:
    void read(std::string_view file);
    std::string expand(std::string_view text, int depth) const;

    std::map<std::string, std::string, std::less<>> statements_, fragments_;
};

}  // namespace ordinaut::store::postgres
