// Structs for the extension in memory of their own, as an older or newer host would have them. Used
// by the fake host.
#pragma once
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <memory>
#include <mutex>
#include <vector>

#include "records.hpp"

namespace ordinaut::testing {

// What stands where a newer host has functions nobody knows.
[[noreturn]] inline void unknown_function() { std::abort(); }

// Memory whose last byte is followed by a page that cannot be read.
class GuardedPages {
public:
    GuardedPages() = default;
    GuardedPages(const GuardedPages&) = delete;
    GuardedPages& operator=(const GuardedPages&) = delete;
    ~GuardedPages() {
        for (const auto& [start, size] : mapped_) munmap(start, size);
    }
    void* place(const void* bytes, size_t size) {
        const size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
        const size_t used = (size + page - 1) / page * page;
        void* const start =
            mmap(nullptr, used + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (start == MAP_FAILED) std::abort();
        mprotect(static_cast<char*>(start) + used, page, PROT_NONE);
        void* const at = static_cast<char*>(start) + used - size;
        std::memcpy(at, bytes, size);
        const std::lock_guard lock(mutex_);
        mapped_.emplace_back(start, used + page);
        return at;
    }

private:
    std::mutex mutex_;
    std::vector<std::pair<void*, size_t>> mapped_;
};

// One struct that begins with struct_size, laid out for one upcall or table. Lives as long as this
// object.
template <class T>
class Placed {
public:
    Placed(const T& plain, Layout layout) {
        if (layout == Layout::kGuarded) {
            pages_ = std::make_unique<GuardedPages>();
            at_ = static_cast<T*>(pages_->place(&plain, sizeof plain));
        } else {
            constexpr size_t kMore = 8;
            words_.resize(sizeof(T) / 8 + kMore);
            std::memcpy(words_.data(), &plain, sizeof plain);
            for (size_t n = sizeof(T) / 8; n < words_.size(); ++n)
                words_[n] = reinterpret_cast<uint64_t>(&unknown_function);
            at_ = reinterpret_cast<T*>(words_.data());
            if (layout == Layout::kLarger) at_->struct_size += static_cast<uint32_t>(kMore * 8);
        }
    }
    const T* get() const { return at_; }
    T* mutable_get() { return at_; }

private:
    std::unique_ptr<GuardedPages> pages_;
    std::vector<uint64_t> words_;
    T* at_;
};

}  // namespace ordinaut::testing
