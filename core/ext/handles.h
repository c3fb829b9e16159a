// Numbers that stand for things of the host on the other side of the ABI: kind (8 bits) |
// generation (32) | slot (24).
//
// A handle is never reused: its slot's generation moves on when it is dropped. Those of invocations
// are in invocation_ref.h.
#pragma once
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "ext/short_lock.h"

namespace ordinaut::ext {

enum class HandleKind : uint8_t {
    kExtension = 1,
    kInvocation = 2,
    kBuffer = 3,
    kMetric = 4,
    kTask = 5,
    kSubscription = 6
};

// Thread-safe.
template <class T>
class HandleTable {
public:
    explicit HandleTable(HandleKind kind) : kind_(kind) {}

    // 0: there are 16 million already.
    uint64_t add(std::shared_ptr<T> value) {
        const std::lock_guard lock(mutex_);
        uint32_t slot = 0;
        if (!free_.empty()) {
            slot = free_.back();
            free_.pop_back();
        } else {
            if (slots_.size() > kSlotMask) return 0;
            slot = static_cast<uint32_t>(slots_.size());
            slots_.emplace_back();
        }
        slots_[slot].value = std::move(value);
        return uint64_t{static_cast<uint8_t>(kind_)} << 56 |
               uint64_t{slots_[slot].generation} << 24 | slot;
    }

    std::shared_ptr<T> find(uint64_t handle) const {
        const std::lock_guard lock(mutex_);
        const Slot* slot = at(handle);
        return slot != nullptr && slot->generation == generation_of(handle) ? slot->value : nullptr;
    }

    // The entry, for whoever drops it first; null for everyone else.
    std::shared_ptr<T> drop(uint64_t handle) {
        const std::lock_guard lock(mutex_);
        Slot* slot = const_cast<Slot*>(at(handle));
        if (slot == nullptr || slot->generation != generation_of(handle) || slot->value == nullptr)
            return nullptr;
        std::shared_ptr<T> value = std::move(slot->value);
        slot->value = nullptr;
        ++slot->generation;
        free_.push_back(static_cast<uint32_t>(handle & kSlotMask));
        return value;
    }

    // Those there are now, one by one.
    std::vector<std::shared_ptr<T>> all() const {
        const std::lock_guard lock(mutex_);
        std::vector<std::shared_ptr<T>> values;
        for (const Slot& slot : slots_)
            if (slot.value != nullptr) values.push_back(slot.value);
        return values;
    }

private:
    static constexpr uint64_t kSlotMask = (1u << 24) - 1;
    struct Slot {
        uint32_t generation = 1;
        std::shared_ptr<T> value;
    };
    static uint32_t generation_of(uint64_t handle) { return static_cast<uint32_t>(handle >> 24); }
    const Slot* at(uint64_t handle) const {
        if (handle >> 56 != static_cast<uint8_t>(kind_) || (handle & kSlotMask) >= slots_.size())
            return nullptr;
        return &slots_[handle & kSlotMask];
    }

    HandleKind kind_;
    mutable ShortLock mutex_;
    std::deque<Slot> slots_;
    std::vector<uint32_t> free_;
};

}  // namespace ordinaut::ext
