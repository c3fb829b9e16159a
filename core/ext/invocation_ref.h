// Where the open invocations of this process live, and for how long. All rules of it are here.
//
// - An invocation lives in a slot. Slots are made by the block and never given back, so that a
//   number that comes from an extension is looked up without a lock: at worst it is stale.
// - A slot's `word` says three things and changes in single steps: which use of the slot this is
//   (its generation), whether the invocation is open, and how many references there are.
// - Who touches an invocation holds an InvocationRef. While it is open it has one of its own, since
//   an extension may keep a call and answer later; close() takes that away.
// - A handle is kind | generation | slot. find() makes a reference of it, in one step, only while
//   that very invocation is open: a stale handle never reaches a later one.
// - What has been closed cannot be found, so that its count only falls. The last reference destroys
//   the invocation and moves the slot to its next generation. A slot that had all generations is
//   not used again: no handle ever comes twice.
// - Who makes an upcall holds a reference for as long as it lasts. What the extension asks of that
//   call on that thread therefore needs none (Instance::upcall_of_this_thread()).
#pragma once
#include <ordinaut/extension.h>

#include <array>
#include <atomic>
#include <mutex>
#include <utility>
#include <vector>

#include "ext/handles.h"

namespace ordinaut::ext {

class Invocation;

// Who completed an invocation first.
enum class EndedBy : char { kNobody, kExtension, kHost };
struct Ended {
    EndedBy by = EndedBy::kNobody;
    ord_handle instance = 0;  // Of the instance it was given to; 0 = none.
};

// One place for an invocation; for what is in this header and invocation_ref.cpp alone.
struct InvocationSlot {
    // word: generation (32 bits) | open (1) | references (31).
    static constexpr uint64_t kGeneration = uint64_t{1} << 32;
    static constexpr uint64_t kOpen = uint64_t{1} << 31;
    static constexpr uint64_t kReferences = kOpen - 1;

    InvocationSlot(Invocation* room, uint32_t number) : invocation(room), index(number) {}
    ord_handle handle() const {  // Of the invocation in it now.
        return uint64_t{static_cast<uint8_t>(HandleKind::kInvocation)} << 56 |
               word.load(std::memory_order_relaxed) >> 32 << 24 | index;
    }

    std::atomic<uint64_t> word{kGeneration};
    Invocation* const invocation;  // Constructed while there are references.
    const uint32_t index;
    // How the last one that was closed here ended: its generation and by whom, then where.
    std::atomic<uint64_t> ended_by{0};
    std::atomic<ord_handle> ended_at{0};
};

// Holds an invocation, or nothing. As safe as a shared_ptr; a copy costs one atomic step.
class InvocationRef {
public:
    InvocationRef() = default;
    InvocationRef(std::nullptr_t) {}  // NOLINT: implicit by design
    InvocationRef(const InvocationRef& other) : slot_(other.slot_) {
        if (slot_ != nullptr) slot_->word.fetch_add(1, std::memory_order_relaxed);
    }
    InvocationRef(InvocationRef&& other) noexcept : slot_(std::exchange(other.slot_, nullptr)) {}
    InvocationRef& operator=(InvocationRef other) noexcept {
        std::swap(slot_, other.slot_);
        return *this;
    }
    ~InvocationRef() {
        if (slot_ != nullptr) drop(*slot_);
    }
    Invocation* get() const { return slot_ == nullptr ? nullptr : slot_->invocation; }
    Invocation* operator->() const { return slot_->invocation; }
    Invocation& operator*() const { return *slot_->invocation; }
    bool operator==(std::nullptr_t) const { return slot_ == nullptr; }

private:
    friend class Invocations;
    explicit InvocationRef(InvocationSlot& counted) : slot_(&counted) {}
    static void drop(InvocationSlot& slot) {
        // Closed and one reference left, this one: nobody can make another.
        const uint64_t seen = slot.word.load(std::memory_order_acquire);
        if ((seen & (InvocationSlot::kOpen | InvocationSlot::kReferences)) == 1 ||
            (slot.word.fetch_sub(1, std::memory_order_acq_rel) & InvocationSlot::kReferences) == 1)
            recycle(slot);
    }
    static void recycle(InvocationSlot& slot);

    InvocationSlot* slot_ = nullptr;
};

// Thread-safe; nearly everything without a lock.
class Invocations {
public:
    // For a new one, to be constructed at slot.invocation and opened then. Throws bad_alloc, as it
    // does when there are 16 million.
    static InvocationSlot& take_slot();
    // From now on it is found. The caller's reference, beside its own.
    static InvocationRef open(InvocationSlot& slot) {
        const uint64_t closed = slot.word.load(std::memory_order_relaxed);
        slot.word.store(closed + InvocationSlot::kOpen + 2, std::memory_order_release);
        return InvocationRef(slot);
    }
    // Once, by who holds a reference.
    static void close(InvocationSlot& slot, const Ended& ended);

    // Null: `handle` is of no open invocation.
    InvocationRef find(ord_handle handle) const;
    // Another reference, for who holds one.
    static InvocationRef again(InvocationSlot& slot) {
        slot.word.fetch_add(1, std::memory_order_relaxed);
        return InvocationRef(slot);
    }
    // How the invocation of `handle` ended; the default when it is open, never was, or is
    // forgotten: when its slot's next one has ended too.
    Ended remembered(ord_handle handle) const;
    // Those there are now, one by one.
    std::vector<InvocationRef> all() const;

private:
    friend class InvocationRef;
    struct Place;
    class Shelf;
    static thread_local Shelf shelf;
    // Each block is twice as long as the one before.
    static constexpr uint32_t kFirstBlock = 64, kBlocksMax = 18;
    InvocationSlot* slot_of(ord_handle handle) const;
    InvocationSlot* slot_at(uint32_t index) const;
    static InvocationRef hold(InvocationSlot& slot, uint64_t generation);
    void make_block();

    // Written once each, under the mutex.
    std::array<std::atomic<Place*>, kBlocksMax> blocks_{};
    std::atomic<uint32_t> blocks_made_{0};
    std::mutex mutex_;
    std::vector<InvocationSlot*> free_;  // That are on no thread's shelf.
};

// The one table, for as long as the process lives: the C ABI passes handles without a host to look
// them up in.
Invocations& invocations();

}  // namespace ordinaut::ext
