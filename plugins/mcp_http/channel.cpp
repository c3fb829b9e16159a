#include "channel.h"

namespace mcp_http {
namespace {

constexpr size_t kKeptMax = 256;
constexpr size_t kKeptBytesMax = 4u << 20;

}  // namespace

void Channel::attach(const ordinaut::Reply& reply, uint64_t after, bool prime) {
    auto self = std::make_shared<std::weak_ptr<SseWriter>>();
    const auto writer = SseWriter::open(host_, reply, [weak = weak_from_this(), self] {
        if (const auto channel = weak.lock()) channel->lost(self->lock().get());
    });
    *self = writer;
    std::shared_ptr<SseWriter> before;
    std::function<void()> action;
    bool finished = false;
    {
        const std::lock_guard lock(mutex_);
        before = std::exchange(writer_, writer);
        if (prime) writer->send("id: " + name_ + "-" + std::to_string(last_) + "\ndata: \n\n");
        for (const Kept& kept : kept_)
            if (kept.number > after) writer->send(kept.text);
        action.swap(when_attached_);
        finished = finished_;
    }
    if (before) before->end();
    if (finished) writer->end();
    if (action) action();
}

void Channel::send(const Json& message) {
    const std::lock_guard lock(mutex_);
    if (finished_) return;
    ++last_;
    const std::string id = resumable_ ? name_ + "-" + std::to_string(last_) : "";
    std::string text = ordinaut::Stream::format_event("message", message.text(), id);
    if (resumable_) {
        kept_bytes_ += text.size();
        kept_.push_back({last_, text});
        while (kept_.size() > 1 && (kept_.size() > kKeptMax || kept_bytes_ > kKeptBytesMax)) {
            kept_bytes_ -= kept_.front().text.size();
            kept_.pop_front();
        }
    }
    if (writer_) writer_->send(text);
}

void Channel::finish() {
    std::shared_ptr<SseWriter> writer;
    std::function<void()> dropped;  // It may own what answers on this channel.
    {
        const std::lock_guard lock(mutex_);
        finished_ = true;
        writer = writer_;
        dropped.swap(when_attached_);
    }
    if (writer) writer->end();
}

std::optional<ordinaut::Reply> Channel::listener() const {
    const std::lock_guard lock(mutex_);
    if (writer_ == nullptr || writer_->reply().canceled()) return std::nullopt;
    return writer_->reply();
}

void Channel::when_attached(std::function<void()> action) {
    {
        const std::lock_guard lock(mutex_);
        const bool listens = writer_ != nullptr && !writer_->reply().canceled();
        if (!listens) {
            if (!finished_) action.swap(when_attached_);
            return;
        }
    }
    action();
}

uint64_t Channel::last() const {
    const std::lock_guard lock(mutex_);
    return last_;
}

bool Channel::finished() const {
    const std::lock_guard lock(mutex_);
    return finished_;
}

void Channel::lost(const SseWriter* writer) {
    std::shared_ptr<SseWriter> dropped;
    const std::lock_guard lock(mutex_);
    if (writer_.get() == writer) dropped.swap(writer_);
}

}  // namespace mcp_http
