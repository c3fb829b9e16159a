#include "reader.h"

#include <ordinaut/events.hpp>
#include <ordinaut/timer.hpp>

namespace {

using namespace std::chrono_literals;
constexpr auto kAckTimeout = 20s;
// A stream outlives the check of its token by so much; then the client has to come back with one.
constexpr auto kAgeMax = 1h;
constexpr uint32_t kDeliveriesMax = 1000;  // A reader that leaves is no fault of the event.

std::string quoted(std::string_view text) { return ordinaut::Json(text).text(); }

// The payload is as it was published: not a digit of a number is lost.
std::string to_json(const ordinaut::Event& event) {
    return "{\"id\":" + quoted(event.id()) + ",\"name\":" + quoted(event.topic()) +
           ",\"published_at\":" + quoted(event.published_at()) +
           ",\"redelivered\":" + std::to_string(event.redelivered()) +
           ",\"payload\":" + std::string(event.payload_text()) + "}";
}

}  // namespace

Reader::Reader(ordinaut::Host host, ordinaut::Reply reply, ReaderPlan plan, ReaderLimits limits,
               std::function<void()> closed)
    : host_(host),
      reply_(std::move(reply)),
      plan_(std::move(plan)),
      limits_(limits),
      closed_action_(std::move(closed)),
      opened_at_(host_.now()) {}

void Reader::open() {
    ordinaut::EventPolicy policy;
    policy.group = plan_.group;
    policy.from_id = plan_.from_id;
    policy.ack_timeout = kAckTimeout;
    policy.max_in_flight = 1;
    policy.max_deliveries = kDeliveriesMax;
    const auto subscription = host_.subscribe(kNamespace, plan_.name, policy,
                                              [weak = weak_from_this()](ordinaut::Event& event) {
                                                  if (const auto self = weak.lock())
                                                      self->take(event);
                                                  else
                                                      event.retry("the reader has left", {});
                                              });
    {
        const std::lock_guard lock(mutex_);
        subscription_ = subscription;
    }
    const ordinaut::Stream stream = reply_.set("X-Accel-Buffering", "no").stream();
    stream.on_gone([weak = weak_from_this()] {
        if (const auto self = weak.lock()) self->close();
    });
    const ordinaut::Json about{{"name", plan_.name},
                               {"group", plan_.group},
                               {"consumer", plan_.consumer},
                               {"from_id", plan_.from_id}};
    stream.write("retry: 1000\n" + ordinaut::Stream::format_event("open", about.text()));
    bool open = false;
    {
        const std::lock_guard lock(mutex_);
        open = !closed_;
        if (open) stream_ = stream;
    }
    if (!open) return stream.end();
    beat_later();
    push();
}

void Reader::take(ordinaut::Event& event) {
    std::string text = ordinaut::Stream::format_event("", to_json(event), event.id());
    const ordinaut::Completion delivery = event.later();
    bool taken = false;
    {
        const std::lock_guard lock(mutex_);
        taken = !closed_ && !held_;
        if (taken) held_.emplace(Held{std::move(text), delivery, ++taken_});
    }
    taken ? push() : give_back(delivery);
}

void Reader::push() {
    std::unique_lock lock(mutex_);
    room_ = true;
    if (writing_) return;  // Who writes looks once more.
    writing_ = true;
    while (stream_ && held_ && room_) {
        room_ = false;
        const ordinaut::Stream stream = *stream_;
        lock.unlock();
        const auto written = stream.write(held_->text, [weak = weak_from_this()] {
            if (const auto self = weak.lock()) self->push();
        });
        lock.lock();
        if (written == ordinaut::Written::kFull) continue;
        const Held done = std::move(*held_);
        held_.reset();
        lock.unlock();
        if (written == ordinaut::Written::kOk) {
            ++delivered_;
            done.delivery.ok({});
        } else {
            give_back(done.delivery);
            close();
        }
        lock.lock();
        room_ = true;
    }
    writing_ = false;
    std::optional<Held> left;
    if (closed_) left.swap(held_);
    const bool waits = held_ && stream_ && waits_for_ != held_->number;
    if (waits) waits_for_ = held_->number;
    lock.unlock();
    if (left) give_back(left->delivery);
    if (waits) wait_for_room();
}

void Reader::wait_for_room() {
    host_.after(limits_.patience,
                [weak = weak_from_this(), number = waits_for_](const ordinaut::Answer& answer) {
                    const auto self = weak.lock();
                    if (self == nullptr || !answer.ok()) return;
                    {
                        const std::lock_guard lock(self->mutex_);
                        if (self->closed_ || !self->held_ || self->held_->number != number) return;
                    }
                    self->close(How::kCut);
                });
}

void Reader::beat_later() {
    host_.after(limits_.heartbeat, [weak = weak_from_this()](const ordinaut::Answer& answer) {
        if (const auto self = weak.lock(); self != nullptr && answer.ok()) self->beat();
    });
}

void Reader::beat() {
    std::optional<ordinaut::Stream> stream;
    {
        const std::lock_guard lock(mutex_);
        stream = stream_;
    }
    if (!stream) return;
    if (host_.now() - opened_at_ > kAgeMax) return close();
    if (stream->comment("heartbeat") == ordinaut::Written::kGone) return close();
    beat_later();
}

void Reader::close(How how) {
    ord_handle subscription = 0;
    std::optional<Held> left;
    std::optional<ordinaut::Stream> stream;
    {
        const std::lock_guard lock(mutex_);
        if (std::exchange(closed_, true)) return;
        stream.swap(stream_);
        subscription = std::exchange(subscription_, 0);
        if (!writing_) left.swap(held_);
    }
    if (subscription != 0) host_.unsubscribe(subscription);
    if (left) give_back(left->delivery);
    if (how == How::kCut)
        reply_.completion().fail(ORD_E_GONE, "the client reads too slowly");
    else if (stream)
        stream->end();
    closed_action_();
}

// At once, to another of the group.
void Reader::give_back(const ordinaut::Completion& delivery) {
    delivery.fail(ORD_E_RETRYABLE, "the reader has left", {}, 0ms);
}
