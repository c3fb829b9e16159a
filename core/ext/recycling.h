// An allocator for what every call needs one of: freed blocks are kept, by each thread for itself,
// and used again.
#pragma once
#include <cstddef>
#include <memory>
#include <new>

namespace ordinaut::ext {

// Keeps at most kKept blocks of one type and thread. Stateless: all are equal.
template <class T>
class Recycling {
public:
    using value_type = T;
    static constexpr size_t kKept = 64;

    Recycling() = default;
    template <class Other>
    Recycling(const Recycling<Other>&) {}  // NOLINT: implicit by design

    T* allocate(size_t count) {
        Shelf& shelf = own_shelf();
        if (count == 1 && shelf.size > 0) return static_cast<T*>(shelf.blocks[--shelf.size]);
        return static_cast<T*>(::operator new(count * sizeof(T)));
    }
    void deallocate(T* block, size_t count) {
        Shelf& shelf = own_shelf();
        if (count == 1 && shelf.size < kKept && !shelf.closed)
            shelf.blocks[shelf.size++] = block;
        else
            ::operator delete(block);
    }
    template <class Other>
    bool operator==(const Recycling<Other>&) const {
        return true;
    }

private:
    struct Shelf {
        void* blocks[kKept];
        size_t size = 0;
        bool closed = false;  // The thread ends; what comes now goes back at once.
        ~Shelf() {
            closed = true;
            while (size > 0) ::operator delete(blocks[--size]);
        }
    };
    static Shelf& own_shelf() {
        static thread_local Shelf shelf;
        return shelf;
    }
};

}  // namespace ordinaut::ext
