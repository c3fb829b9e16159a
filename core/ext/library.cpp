#include "ext/library.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <boost/dll/shared_library.hpp>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "ext/elf.h"

namespace ordinaut::ext {
namespace {

namespace dll = boost::dll;
constexpr uintmax_t kLibraryBytesMax = 256u << 20;

}  // namespace

Result<std::string> read_library(const std::filesystem::path& file) {
    const std::string name = file.filename().string();
    std::error_code problem;
    const auto kind = std::filesystem::status(file, problem).type();
    if (kind == std::filesystem::file_type::not_found)
        return not_found(name + ": the module is missing");
    if (problem) return not_found(name + ": cannot be read: " + problem.message());
    if (kind != std::filesystem::file_type::regular) return not_found(name + " is not a file");
    const auto size = std::filesystem::file_size(file, problem);
    if (size > kLibraryBytesMax)
        return Error{ErrorCode::kTooLarge, name + ": is larger than 256 MiB"};
    std::string bytes(size, '\0');
    std::ifstream in(file, std::ios::binary);
    if (problem || !in.read(bytes.data(), static_cast<std::streamsize>(size)))
        return not_found(name + ": cannot be read; check its permissions");
    return bytes;
}

namespace {

// The descriptor stays open for the life of the process: the linker knows libraries by path, and a
// reused number would give the old one again.
Result<int> sealed_copy(const std::string& bytes, const std::string& name) {
    const int fd = memfd_create(name.c_str(), MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0) return unavailable(name + ": no memory for a copy: " + std::strerror(errno));
    for (size_t done = 0; done < bytes.size();) {
        const ssize_t n = write(fd, bytes.data() + done, bytes.size() - done);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) {
            const std::string why = std::strerror(errno);
            close(fd);
            return unavailable(name + ": no memory for a copy: " + why);
        }
        done += static_cast<size_t>(n);
    }
    fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL);
    return fd;
}

// The linker names the copy by its path; the person knows the module.
std::string plain(std::string text, const std::string& path, const std::string& name) {
    for (size_t at = text.find(path); at != std::string::npos; at = text.find(path))
        text.replace(at, path.size(), name);
    constexpr std::string_view kLinkerSays = "dlerror system message: ";
    if (const size_t begin = text.find(kLinkerSays), end = text.rfind("): ");
        begin != std::string::npos && end != std::string::npos)
        text = text.substr(begin + kLinkerSays.size(), end - begin - kLinkerSays.size());
    return text.rfind(name + ": ", 0) == 0 ? text.substr(name.size() + 2) : text;
}

}  // namespace

Result<std::shared_ptr<const Library>> Library::open(const std::filesystem::path& file) {
    return open(TRY(read_library(file)), file.filename().string());
}

Result<std::shared_ptr<const Library>> Library::open(const std::string& bytes,
                                                     const std::string& name) {
    if (const auto checked = check_library(bytes); !checked.ok())
        return Error{ErrorCode::kInvalid, name + " " + checked.error().message};
    const int fd = TRY(sealed_copy(bytes, name));
    const std::string path = "/proc/self/fd/" + std::to_string(fd);

    const auto mode = dll::load_mode::rtld_now | dll::load_mode::rtld_local |
                      static_cast<dll::load_mode::type>(RTLD_NODELETE);
    dll::shared_library library;
    dlerror();
    try {
        library.load(path, mode);
    } catch (const std::exception& error) {
        return unavailable(name + " cannot be loaded: " + plain(error.what(), path, name));
    }
    const auto entry = library.get<const ord_extension_v1*()>("ordinaut_extension_v1");
    const ord_extension_v1* descriptor = nullptr;
    try {
        descriptor = entry();
    } catch (...) {
        return Error{ErrorCode::kInvalid, name + ": ordinaut_extension_v1() threw an exception"};
    }
    if (descriptor == nullptr)
        return Error{ErrorCode::kInvalid,
                     name + ": ordinaut_extension_v1() returned null: it cannot run here"};
    return std::shared_ptr<const Library>(new Library(descriptor, fd, bytes.size()));
}

bool Library::holds(std::string_view bytes) const {
    if (bytes.size() != size_) return false;
    void* const copy = mmap(nullptr, size_, PROT_READ, MAP_SHARED, copy_fd_, 0);
    if (copy == MAP_FAILED) return false;
    const bool same = std::memcmp(copy, bytes.data(), size_) == 0;
    munmap(copy, size_);
    return same;
}

Status check_descriptor(const ord_extension_v1& descriptor, std::string_view id,
                        std::string_view version, Grants asked) {
    const auto refuse = [](const std::string& why) {
        return Error{ErrorCode::kInvalid, "the descriptor " + why};
    };
    // 1.0's table is the smallest there is.
    if (descriptor.struct_size < sizeof(ord_extension_v1))
        return refuse("has struct_size " + std::to_string(descriptor.struct_size) + ", at least " +
                      std::to_string(sizeof(ord_extension_v1)) +
                      " is needed; set it to sizeof(ord_extension_v1)");
    if (descriptor.abi_major != ORD_ABI_MAJOR)
        return refuse("says ABI " + std::to_string(descriptor.abi_major) + ", this host speaks " +
                      std::to_string(ORD_ABI_MAJOR));
    const auto text = [](ord_str s) {
        return s.ptr == nullptr ? std::string_view() : std::string_view(s.ptr, s.len);
    };
    if (text(descriptor.id) != id)
        return refuse("says id '" + std::string(text(descriptor.id)) + "', the manifest says '" +
                      std::string(id) + "'; they must be equal");
    if (text(descriptor.version) != version)
        return refuse("says version '" + std::string(text(descriptor.version)) +
                      "', the manifest says '" + std::string(version) +
                      "'; they must be equal: build it again");
    if (descriptor.max_concurrency < 1 || descriptor.max_concurrency > 256)
        return refuse("says max_concurrency " + std::to_string(descriptor.max_concurrency) +
                      "; it must be 1 to 256");
    const std::pair<const char*, bool> missing[] = {
        {"create", descriptor.create == nullptr},
        {"start", descriptor.start == nullptr},
        {"quiesce", descriptor.quiesce == nullptr},
        {"stop", descriptor.stop == nullptr},
        {"destroy", descriptor.destroy == nullptr},
        {"on_tool", asked.has(Grant::kTools) && descriptor.on_tool == nullptr},
        {"on_http", asked.has(Grant::kRoutes) && descriptor.on_http == nullptr}};
    for (const auto& [name, absent] : missing)
        if (absent)
            return refuse(std::string("has a null ") + name +
                          "; every entry but the optional ones must be set");
    return ok();
}

}  // namespace ordinaut::ext
