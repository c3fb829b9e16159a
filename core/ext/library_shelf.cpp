#include "ext/library_shelf.h"

namespace ordinaut::ext {

Result<std::shared_ptr<const Library>> LibraryShelf::take(const std::filesystem::path& file) {
    const std::string bytes = TRY(read_library(file));
    const std::string name = file.filename().string();
    for (const auto& copy : copies_)
        if (copy.use_count() == 1 && copy->holds(bytes)) return copy;
    if (copies_.size() >= kCopiesMax)
        return unavailable(name + ": " + std::to_string(copies_.size()) +
                           " copies of it are in memory, and a loaded library cannot be unloaded; "
                           "restart the server to load another");
    auto copy = TRY(Library::open(bytes, name));
    copies_.push_back(copy);
    return copy;
}

}  // namespace ordinaut::ext
