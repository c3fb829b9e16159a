#include "sse_writer.h"

namespace mcp_http {
namespace {

using ordinaut::Written;

constexpr size_t kWaitingBytesMax = 8u << 20;
constexpr size_t kSliceBytes = 256u << 10;
constexpr std::chrono::seconds kSilence{15};

}  // namespace

std::shared_ptr<SseWriter> SseWriter::open(ordinaut::Host host, ordinaut::Reply reply,
                                           std::function<void()> gone) {
    reply.set("Cache-Control", "no-cache").set("X-Accel-Buffering", "no");
    std::shared_ptr<SseWriter> writer(new SseWriter(host, reply));
    writer->stream_ = reply.stream();
    writer->stream_->on_gone(std::move(gone));
    writer->keep_alive();
    return writer;
}

void SseWriter::send(const std::string& text) {
    std::optional<ordinaut::Stream> cut;  // Goes without end(), after the lock.
    {
        const std::lock_guard lock(mutex_);
        if (!stream_ || ending_) return;
        bytes_ += text.size();
        for (size_t at = 0; at < text.size(); at += kSliceBytes)
            queue_.push_back(text.substr(at, kSliceBytes));
        if (bytes_ > kWaitingBytesMax) {
            cut.swap(stream_);
            queue_.clear();
            return;
        }
    }
    pump();
}

void SseWriter::end() {
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
    }
    pump();
}

void SseWriter::room() {
    {
        const std::lock_guard lock(mutex_);
        full_ = false;
    }
    pump();
}

void SseWriter::pump() {
    std::unique_lock lock(mutex_);
    if (pumping_ || full_) return;
    pumping_ = true;
    while (stream_ && !queue_.empty()) {
        const ordinaut::Stream stream = *stream_;
        const std::string slice = queue_.front();
        full_ = true;  // Before writing: room may be there again before write() returns.
        lock.unlock();
        const Written written = stream.write(slice, [weak = weak_from_this()] {
            if (const auto self = weak.lock()) self->room();
        });
        lock.lock();
        if (written == Written::kFull) {
            if (full_) break;
            continue;
        }
        full_ = false;
        if (written == Written::kGone) {
            stream_.reset();
            break;
        }
        bytes_ -= slice.size();
        if (!queue_.empty()) queue_.pop_front();
    }
    pumping_ = false;
    std::optional<ordinaut::Stream> ended;
    if (ending_ && queue_.empty()) ended.swap(stream_);
    lock.unlock();
    if (ended) ended->end();
}

void SseWriter::keep_alive() {
    host_.after(kSilence, [weak = weak_from_this()](const ordinaut::Answer& answer) {
        const auto self = weak.lock();
        if (!answer.ok() || self == nullptr) return;
        {
            const std::lock_guard lock(self->mutex_);
            if (!self->stream_ || self->ending_) return;
        }
        self->send(": \n\n");
        self->keep_alive();
    });
}

}  // namespace mcp_http
