#include "ext/invocation_ref.h"

#include <bit>
#include <new>

#include "ext/handles.h"
#include "ext/invocation.h"

namespace ordinaut::ext {
namespace {

constexpr uint64_t kSlotMask = (1u << 24) - 1;
uint64_t generation_of(ord_handle handle) { return static_cast<uint32_t>(handle >> 24); }
uint64_t generation_in(uint64_t word) { return word >> 32; }

}  // namespace

// A cache line and more for each: calls on different threads do not slow each other.
struct alignas(64) Invocations::Place : InvocationSlot {
    explicit Place(uint32_t number) : InvocationSlot(reinterpret_cast<Invocation*>(room), number) {}
    alignas(Invocation) std::byte room[sizeof(Invocation)];
};

// Free slots that a thread keeps for itself, so that a call takes no lock to get one. Without
// constructor and destructor, so that to reach it costs nothing; AtThreadEnd empties it.
class Invocations::Shelf {
public:
    InvocationSlot& take() {
        if (size_ == 0) fetch();
        return *kept_[--size_];
    }
    void put(InvocationSlot& slot) {
        if (size_ == 0 || size_ == kept_.size() || closed_) return put_slowly(slot);
        kept_[size_++] = &slot;
    }

private:
    struct AtThreadEnd;
    static constexpr size_t kMoved = 16;
    void fetch();
    void put_slowly(InvocationSlot& slot);
    void give_back(size_t count);

    std::array<InvocationSlot*, 2 * kMoved> kept_{};
    size_t size_ = 0;
    bool closed_ = false;
};

constinit thread_local Invocations::Shelf Invocations::shelf;

struct Invocations::Shelf::AtThreadEnd {
    ~AtThreadEnd() {
        shelf.give_back(shelf.size_);
        shelf.closed_ = true;
    }
    static void ensure() { static thread_local const AtThreadEnd here; }
};

void Invocations::Shelf::fetch() {
    if (!closed_) AtThreadEnd::ensure();
    Invocations& table = invocations();
    const std::lock_guard lock(table.mutex_);
    if (table.free_.empty()) table.make_block();
    while (size_ < kMoved && !table.free_.empty()) {
        kept_[size_++] = table.free_.back();
        table.free_.pop_back();
    }
}

void Invocations::Shelf::put_slowly(InvocationSlot& slot) {
    if (!closed_) AtThreadEnd::ensure();
    if (size_ == kept_.size()) give_back(kMoved);
    kept_[size_++] = &slot;
    if (closed_) give_back(size_);  // The thread ends, and something later than AtThreadEnd put it.
}

void Invocations::Shelf::give_back(size_t count) {
    Invocations& table = invocations();
    const std::lock_guard lock(table.mutex_);
    while (count-- > 0) table.free_.push_back(kept_[--size_]);
}

Invocations& invocations() {
    // Never destroyed: threads that an extension did not give back may outlive main().
    static Invocations& table = *new Invocations();
    return table;
}

void InvocationRef::recycle(InvocationSlot& slot) {
    slot.invocation->~Invocation();
    const uint64_t next = generation_in(slot.word.load(std::memory_order_relaxed)) + 1;
    slot.word.store(next << 32, std::memory_order_release);
    if (next <= UINT32_MAX) Invocations::shelf.put(slot);
}

InvocationSlot& Invocations::take_slot() { return shelf.take(); }

// Under the mutex.
void Invocations::make_block() {
    const uint32_t block = blocks_made_.load(std::memory_order_relaxed);
    if (block == kBlocksMax) throw std::bad_alloc();
    const uint32_t size = kFirstBlock << block, first = size - kFirstBlock;
    // Room for all slots there are, so that giving one back never asks for memory.
    free_.reserve(size_t{first} + size);
    void* memory = ::operator new (sizeof(Place) * size, std::align_val_t{alignof(Place)});
    auto* const places = static_cast<Place*>(memory);
    for (uint32_t n = size; n-- > 0;) free_.push_back(new (places + n) Place(first + n));
    blocks_[block].store(places, std::memory_order_release);
    blocks_made_.store(block + 1, std::memory_order_release);
}

void Invocations::close(InvocationSlot& slot, const Ended& ended) {
    const uint64_t generation = generation_in(slot.word.load(std::memory_order_relaxed));
    // Whoever reads the new place and then looks at `ended_by` again, sees that it has changed.
    slot.ended_by.store(0, std::memory_order_relaxed);
    slot.ended_at.store(ended.instance, std::memory_order_release);
    slot.ended_by.store(generation << 8 | static_cast<uint64_t>(ended.by),
                        std::memory_order_release);
    slot.word.fetch_sub(InvocationSlot::kOpen + 1, std::memory_order_acq_rel);
}

InvocationSlot* Invocations::slot_at(uint32_t index) const {
    const uint32_t shifted = index + kFirstBlock;
    const uint32_t block = static_cast<uint32_t>(std::bit_width(shifted / kFirstBlock)) - 1;
    if (block >= kBlocksMax) return nullptr;
    Place* const places = blocks_[block].load(std::memory_order_acquire);
    return places == nullptr ? nullptr : places + (shifted - (kFirstBlock << block));
}

InvocationSlot* Invocations::slot_of(ord_handle handle) const {
    if (handle >> 56 != static_cast<uint8_t>(HandleKind::kInvocation)) return nullptr;
    return slot_at(static_cast<uint32_t>(handle & kSlotMask));
}

InvocationRef Invocations::hold(InvocationSlot& slot, uint64_t generation) {
    uint64_t seen = slot.word.load(std::memory_order_acquire);
    while (generation_in(seen) == generation && (seen & InvocationSlot::kOpen) != 0)
        if (slot.word.compare_exchange_weak(seen, seen + 1, std::memory_order_acquire))
            return InvocationRef(slot);
    return nullptr;
}

InvocationRef Invocations::find(ord_handle handle) const {
    InvocationSlot* const slot = slot_of(handle);
    return slot == nullptr ? nullptr : hold(*slot, generation_of(handle));
}

Ended Invocations::remembered(ord_handle handle) const {
    const InvocationSlot* const slot = slot_of(handle);
    if (slot == nullptr) return {};
    const uint64_t by = slot->ended_by.load(std::memory_order_acquire);
    if (by >> 8 != generation_of(handle)) return {};
    const Ended ended{static_cast<EndedBy>(by & 0xff),
                      slot->ended_at.load(std::memory_order_acquire)};
    return slot->ended_by.load(std::memory_order_relaxed) == by ? ended : Ended{};
}

std::vector<InvocationRef> Invocations::all() const {
    std::vector<InvocationRef> found;
    const uint32_t blocks = blocks_made_.load(std::memory_order_acquire);
    const uint32_t slots = (kFirstBlock << blocks) - kFirstBlock;
    for (uint32_t index = 0; index < slots; ++index) {
        InvocationSlot& slot = *slot_at(index);
        auto held = hold(slot, generation_in(slot.word.load(std::memory_order_relaxed)));
        if (held != nullptr) found.push_back(std::move(held));
    }
    return found;
}

}  // namespace ordinaut::ext
