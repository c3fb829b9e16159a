// The copies of one extension's library in this process. None can be unloaded, so they are kept,
// counted and used again.
#pragma once
#include <filesystem>
#include <memory>
#include <vector>

#include "ext/library.h"

namespace ordinaut::ext {

// Used by one thread at a time ([control] of its extension).
class LibraryShelf {
public:
    static constexpr size_t kCopiesMax = 128;

    // A copy of exactly what the file holds now, which nobody else uses: two generations never
    // share their static variables. One that was stopped is used again; kUnavailable: kCopiesMax
    // are kept already. Otherwise as Library::open.
    Result<std::shared_ptr<const Library>> take(const std::filesystem::path& file);

    size_t count() const { return copies_.size(); }

private:
    std::vector<std::shared_ptr<const Library>> copies_;
};

}  // namespace ordinaut::ext
