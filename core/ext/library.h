// A shared library in memory: exactly the bytes that were checked, whatever happens to the file
// afterwards.
#pragma once
#include <ordinaut/extension.h>

#include <filesystem>
#include <memory>
#include <string>

#include "base/result.h"
#include "ext/grants.h"

namespace ordinaut::ext {

// Never unloaded: C++ libraries cannot be (unique symbols, thread-local destructors), and extension
// threads may still run.
class Library {
public:
    // Reads the file, checks it, copies it into a sealed memfd and loads that. kNotFound; kInvalid
    // with one sentence that names the file; kUnavailable when the dynamic linker refuses it (an
    // undefined symbol, a missing library).
    static Result<std::shared_ptr<const Library>> open(const std::filesystem::path& file);
    // The same of bytes that were read before; `name` is what errors call them.
    static Result<std::shared_ptr<const Library>> open(const std::string& bytes,
                                                       const std::string& name);

    const ord_extension_v1& descriptor() const { return *descriptor_; }
    bool holds(std::string_view bytes) const;  // It was loaded from exactly these.

private:
    Library(const ord_extension_v1* descriptor, int copy_fd, size_t size)
        : descriptor_(descriptor), copy_fd_(copy_fd), size_(size) {}
    const ord_extension_v1* descriptor_;
    const int copy_fd_;  // Open for the life of the process.
    const size_t size_;
};

// The file's bytes, unchecked. kNotFound, kTooLarge (over 256 MiB): names the file.
Result<std::string> read_library(const std::filesystem::path& file);

// What is wrong with a descriptor for this host and this manifest, or OK: struct_size, ABI, id,
// version, null entries.
Status check_descriptor(const ord_extension_v1& descriptor, std::string_view id,
                        std::string_view version, Grants asked);

}  // namespace ordinaut::ext
