#include "ext/watches.h"

#include "base/json.h"
#include "ext/downcall.h"
#include "ext/instance.h"

namespace ordinaut::ext {
namespace {

constexpr size_t kWatchesMax = 1000;
// On their way at once, for one watch and for all of an instance; what comes on top is missed, and
// a resync says so. One message of each watch always may be.
constexpr size_t kPendingMax = 1000;
constexpr size_t kPendingBytesMax = 16 << 20;
constexpr std::string_view kResync =
    R"({"type":"resync","reason":"the extension reads too slowly"})";

}  // namespace

class Watch : public std::enable_shared_from_this<Watch> {
public:
    Watch(std::weak_ptr<Instance> instance, uint64_t token, ord_handle inv)
        : token_(token), inv_(inv), instance_(std::move(instance)) {}

    uint64_t token() const { return token_; }
    ord_handle inv() const { return inv_; }

    // How the changes are stopped; at once when it has ended already.
    void set_close(std::function<void()> close) {
        {
            const std::lock_guard lock(mutex_);
            if (!ended_) return void(close_ = std::move(close));
        }
        close();
    }

    void change(std::string_view json) {
        const std::lock_guard lock(mutex_);
        const auto instance = instance_.lock();
        if (ended_ || instance == nullptr) return;
        // With nothing on its way nobody would say later that something is missing.
        missing_ =
            missing_ ||
            (pending_ > 0 && (pending_ >= kPendingMax ||
                              instance->watches().pending_bytes_ + json.size() > kPendingBytesMax));
        if (!missing_) send(*instance, json);
    }

    // Who it is for, now; nobody after drop().
    std::optional<CallerIdentity> identity(const Identify& identify) {
        const std::lock_guard lock(identity_mutex_);
        return dropped_ ? std::nullopt : identify();
    }

    // END, as the token's answer. Only the first call counts.
    void end(const Error& why) {
        std::function<void()> close;
        {
            const std::lock_guard lock(mutex_);
            if (ended_) return;
            ended_ = true;
            close.swap(close_);
            if (const auto instance = instance_.lock()) answer_error(*instance, token_, why);
        }
        if (close) close();
    }
    // The same without a word; waits for an identity() under way.
    void drop() {
        std::function<void()> close;
        {
            const std::lock_guard lock(mutex_);
            ended_ = true;
            close.swap(close_);
        }
        if (close) close();
        const std::lock_guard lock(identity_mutex_);
        dropped_ = true;
    }

private:
    void send(Instance& instance, std::string_view json) {
        ++pending_;
        instance.watches().pending_bytes_ += json.size();
        instance.tell(token_, std::string(json),
                      [self = shared_from_this(), size = json.size()](Instance& told) {
                          self->delivered(told, size);
                      });
    }
    void delivered(Instance& instance, size_t size) {
        instance.watches().pending_bytes_ -= size;
        const std::lock_guard lock(mutex_);
        --pending_;
        if (pending_ > 0 || !missing_ || ended_) return;
        missing_ = false;
        send(instance, kResync);
    }

    const uint64_t token_;
    const ord_handle inv_;
    const std::weak_ptr<Instance> instance_;
    std::mutex mutex_;
    std::function<void()> close_;
    size_t pending_ = 0;
    bool missing_ = false;  // Something was not sent; nothing is until all has arrived.
    bool ended_ = false;
    std::mutex identity_mutex_;  // Held alone, while the store is asked.
    bool dropped_ = false;
};

void Watches::open(const std::shared_ptr<Instance>& instance, Plan plan) {
    const auto watch = std::make_shared<Watch>(instance, plan.token, plan.inv);
    if (!add(watch))
        return watch->end({ErrorCode::kTooLarge, "1,000 watches are open; end some of them first"});
    const auto over = [watch, weak = std::weak_ptr(instance)](const Error& why) {
        if (const auto self = weak.lock()) self->watches().forget(*watch);
        watch->end(why);
    };
    auto opened = instance->context().seams.watch(
        [watch, identify = std::move(plan.identify)] { return watch->identity(identify); },
        plan.filter_json,
        {.change = [watch](std::string_view json) { watch->change(json); }, .ended = over});
    if (!opened.ok()) {
        instance->log(2, "a watch was refused: " + opened.error().message, {}, nullptr);
        return over(opened.error());
    }
    watch->set_close(std::move(*opened));
    // It may have ended before its watch was known.
    if (plan.inv != 0 && invocations().find(plan.inv) == nullptr) invocation_ended(plan.inv);
}

bool Watches::add(const std::shared_ptr<Watch>& watch) {
    const std::lock_guard lock(mutex_);
    if (closed_ || watches_.size() >= kWatchesMax) return false;
    watches_.emplace(watch->token(), watch);
    open_ = watches_.size();
    return true;
}

void Watches::forget(const Watch& watch) {
    const std::lock_guard lock(mutex_);
    if (const auto found = watches_.find(watch.token());
        found != watches_.end() && found->second.get() == &watch)
        watches_.erase(found);
    open_ = watches_.size();
}

std::vector<std::shared_ptr<Watch>> Watches::take(const std::function<bool(const Watch&)>& wanted) {
    std::vector<std::shared_ptr<Watch>> taken;
    const std::lock_guard lock(mutex_);
    for (auto it = watches_.begin(); it != watches_.end();) {
        if (wanted(*it->second)) {
            taken.push_back(it->second);
            it = watches_.erase(it);
        } else {
            ++it;
        }
    }
    open_ = watches_.size();
    return taken;
}

void Watches::invocation_ended(ord_handle inv) {
    if (open_ == 0) return;
    for (const auto& watch : take([inv](const Watch& each) { return each.inv() == inv; }))
        watch->end({ErrorCode::kCanceled, "the invocation it was opened for has ended"});
}

bool Watches::cancel(uint64_t token) {
    if (open_ == 0) return false;
    const auto found = take([token](const Watch& each) { return each.token() == token; });
    for (const auto& watch : found) watch->end({ErrorCode::kCanceled, "canceled"});
    return !found.empty();
}

void Watches::forget_all() {
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
    }
    for (const auto& watch : take([](const Watch&) { return true; })) watch->drop();
}

}  // namespace ordinaut::ext
