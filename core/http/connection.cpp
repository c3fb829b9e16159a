#include "http/connection.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "base/id.h"
#include "http/error_response.h"
#include "http/wire.h"

namespace ordinaut::http {

// Holds the lock; what became due meanwhile runs after its release, because callbacks may call
// back.
class Connection::Guard {
public:
    explicit Guard(Connection& connection) : connection_(connection), lock_(connection.mutex_) {}
    ~Guard() {
        connection_.update_owing();
        const auto dropped = std::move(connection_.dropped_);
        const auto due = std::move(connection_.due_);
        connection_.dropped_.clear();
        connection_.due_.clear();
        lock_.unlock();
        for (const auto& run : due) run();
    }
    Guard(const Guard&) = delete;

private:
    Connection& connection_;
    std::unique_lock<std::mutex> lock_;
};

Connection::Connection(std::shared_ptr<Shared> shared, int fd, std::string peer)
    : shared_(std::move(shared)),
      fd_(fd),
      peer_(std::move(peer)),
      id_(shared_->flusher.next_id()),
      reader_(shared_->limits.framing),
      deadline_(shared_->clock.mono_now() + shared_->limits.header_timeout) {}

Connection::~Connection() { ::close(fd_); }

void Connection::open() { shared_->flusher.add(id_, shared_from_this()); }

void Connection::refuse_busy() {
    const Guard guard(*this);
    refuse(503, "too many connections; try again");
}

void Connection::on_input(std::string_view bytes) {
    const Guard guard(*this);
    if (state_ == State::kLingering) {
        lingered_bytes_ += bytes.size();
        if (lingered_bytes_ > shared_->limits.linger_bytes_max) cut();
        return;
    }
    if (state_ == State::kClosed || input_ignored_) return;
    reader_.append(bytes);
    if (state_ == State::kReading) return pump();
    // Pipelined: as much as one whole request may wait.
    const auto& framing = shared_->limits.framing;
    if (reader_.buffered() > framing.head_bytes_max + framing.body_bytes_max) {
        input_ignored_ = true;
        keep_alive_ = false;
    }
}

void Connection::on_input_closed() {
    const Guard guard(*this);
    input_closed_ = true;
    if (state_ == State::kAwaiting || state_ == State::kStreaming) return notify_gone();
    linger();  // Which closes at once, or when the client has taken what is still unsent.
}

void Connection::on_writable() {
    const Guard guard(*this);
    if (state_ != State::kClosed) flush();
}

void Connection::on_tick(MonoTime now) {
    const Guard guard(*this);
    if (state_ == State::kClosed) return;
    if (unsent() > 0) {
        if (now - progress_at_ > shared_->limits.stall_timeout) cut();
        return;
    }
    if (state_ == State::kAwaiting || state_ == State::kStreaming || now <= deadline_) return;
    if (state_ == State::kLingering || reader_.phase() == RequestReader::Phase::kIdle)
        return close();
    refuse(408, phase_ == RequestReader::Phase::kHead ? "the request's headers took too long"
                                                      : "the request's body took too long");
}

void Connection::begin_stop() {
    const Guard guard(*this);
    stopping_ = true;
    keep_alive_ = false;
    if (state_ == State::kReading) linger();
    if (state_ == State::kAwaiting || state_ == State::kStreaming) notify_gone();
}

void Connection::kill() {
    const Guard guard(*this);
    close();
}

// Reads requests until one is in progress or the bytes run out.
void Connection::pump() {
    switch (reader_.next()) {
        case RequestReader::Outcome::kNeedMore:
            if (input_closed_) return linger();
            if (reader_.take_expects_continue()) send(std::string(kContinue));
            if (state_ == State::kReading && reader_.phase() != phase_)
                start_phase(reader_.phase());
            return;
        case RequestReader::Outcome::kFault:
            return refuse(reader_.fault().status, reader_.fault().message);
        case RequestReader::Outcome::kRequest: return dispatch(reader_.take());
    }
}

void Connection::dispatch(Request request) {
    state_ = State::kAwaiting;
    gone_ = false;
    http11_ = request.http11;
    head_only_ = is_head(request);
    keep_alive_ = request.keep_alive && !stopping_ && !input_ignored_;
    request.peer = peer_;
    Responder responder(std::make_shared<Exchange>(shared_from_this(), ++serial_));
    due_.emplace_back([this, responder, request = std::make_shared<Request>(std::move(request))] {
        const auto work = [shared = shared_, responder, request] {
            shared->handler(std::move(*request), responder);
        };
        if (shared_->pool.try_submit(work)) return;
        // Closing as well sheds load, and keeps a long pipeline from answering itself one call
        // deeper each time.
        {
            const Guard guard(*this);
            keep_alive_ = false;
        }
        responder.respond(error_response(503, "the server is busy; try again", new_id(),
                                         shared_->clock.wall_now()));
    });
    if (input_closed_) notify_gone();
}

// Answers outside any exchange, and ends: what follows on the connection cannot be trusted.
void Connection::refuse(int status, std::string_view message) {
    keep_alive_ = false;
    const auto now = shared_->clock.wall_now();
    const auto response = error_response(status, message, new_id(), now);
    send(wire_head(status, response.headers,
                   {.body_bytes = response.body.size(), .keep_alive = false, .now = now}) +
         response.body);
    linger();
}

void Connection::answer(uint64_t serial, Response&& response) {
    const Guard guard(*this);
    if (!is_current(serial, State::kAwaiting)) return;
    auto bytes = wire_head(response.status, response.headers,
                           {.body_bytes = response.body.size(),
                            .keep_alive = keep_alive_,
                            .http11 = http11_,
                            .now = shared_->clock.wall_now()});
    if (!head_only_ && has_body(response.status)) bytes += response.body;
    send(std::move(bytes));
    finish_exchange();
}

bool Connection::start(uint64_t serial, int status, const Headers& headers) {
    const Guard guard(*this);
    if (!is_current(serial, State::kAwaiting)) return false;
    state_ = State::kStreaming;
    if (!http11_) keep_alive_ = false;
    head_only_ = head_only_ || !has_body(status);
    send(wire_head(status, headers,
                   {.form = http11_ ? BodyForm::kChunked : BodyForm::kUntilClose,
                    .keep_alive = keep_alive_,
                    .http11 = http11_,
                    .now = shared_->clock.wall_now()}));
    return state_ == State::kStreaming;
}

WriteOutcome Connection::write(uint64_t serial, std::string_view bytes) {
    const Guard guard(*this);
    if (!is_current(serial, State::kStreaming)) return WriteOutcome::kGone;
    if (head_only_ || bytes.empty()) return WriteOutcome::kOk;
    if (unsent() >= shared_->limits.stream_queue_bytes_max) return WriteOutcome::kAgain;
    send(http11_ ? wire_chunk(bytes) : std::string(bytes));
    return state_ == State::kStreaming ? WriteOutcome::kOk : WriteOutcome::kGone;
}

void Connection::end(uint64_t serial) {
    const Guard guard(*this);
    if (!is_current(serial, State::kStreaming)) return;
    if (http11_ && !head_only_) send(std::string(kLastChunk));
    finish_exchange();
}

void Connection::abort(uint64_t serial) {
    const Guard guard(*this);
    if (is_current(serial, State::kStreaming) || is_current(serial, State::kAwaiting)) cut();
}

void Connection::abandon(uint64_t serial) {
    bool unanswered = false;
    {
        const Guard guard(*this);
        unanswered = is_current(serial, State::kAwaiting);
        if (is_current(serial, State::kStreaming)) cut();
    }
    if (!unanswered) return;
    const Error fault = internal("no answer");
    answer(serial, error_response(fault, new_id(), shared_->clock.wall_now()));
}

void Connection::on_gone(uint64_t serial, std::function<void()> callback) {
    const Guard guard(*this);
    if (serial_ != serial) return;
    if (gone_ || state_ == State::kClosed)
        due_.push_back(std::move(callback));
    else if (state_ == State::kAwaiting || state_ == State::kStreaming)
        gone_callback_ = std::move(callback);
}

void Connection::on_room(uint64_t serial, std::function<void()> callback) {
    const Guard guard(*this);
    const bool waiting =
        is_current(serial, State::kStreaming) && unsent() >= shared_->limits.stream_queue_bytes_max;
    if (waiting)
        room_callback_ = std::move(callback);
    else
        due_.push_back(std::move(callback));
}

void Connection::finish_exchange() {
    release_callbacks();
    if (state_ == State::kClosed) return;
    if (!keep_alive_) return linger();
    state_ = State::kReading;
    start_phase(RequestReader::Phase::kIdle);
    pump();
}

void Connection::linger() {
    if (state_ == State::kClosed) return;
    state_ = State::kLingering;
    if (unsent() == 0) after_flush();
}

void Connection::close() {
    if (state_ == State::kClosed) return;
    notify_gone();
    if (room_callback_) due_.push_back(std::exchange(room_callback_, nullptr));
    release_callbacks();
    state_ = State::kClosed;
    out_ = {};
    out_sent_ = 0;
    // Ends the polling side's interest in the socket as well; it then closes its own descriptor.
    ::shutdown(fd_, SHUT_RDWR);
    shared_->flusher.disarm(fd_);
    shared_->flusher.remove(id_);
}

// Ends with a reset, which reaches a client that is busy sending and tells one that waits that
// there is no more.
void Connection::cut() {
    const ::linger now{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close();
}

void Connection::send(std::string bytes) {
    if (state_ == State::kClosed) return;
    if (unsent() == 0) {
        out_ = std::move(bytes);
        out_sent_ = 0;
        progress_at_ = shared_->clock.mono_now();
        return flush();
    }
    out_ += bytes;
}

void Connection::flush() {
    while (unsent() > 0) {
        const auto count =
            ::send(fd_, out_.data() + out_sent_, unsent(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0 && errno != EAGAIN && errno != EWOULDBLOCK) return close();
        if (count < 0) {
            shared_->flusher.arm(fd_, id_);
            break;
        }
        out_sent_ += static_cast<size_t>(count);
        progress_at_ = shared_->clock.mono_now();
    }
    if (out_sent_ > out_.size() / 2) {
        out_.erase(0, out_sent_);
        out_sent_ = 0;
    }
    if (room_callback_ && unsent() <= shared_->limits.stream_queue_bytes_max / 2)
        due_.push_back(std::exchange(room_callback_, nullptr));
    if (unsent() == 0) after_flush();
}

void Connection::after_flush() {
    if (out_.capacity() > (64 << 10)) out_ = {};
    if (state_ != State::kLingering) return;
    if (input_closed_) return close();
    ::shutdown(fd_, SHUT_WR);
    deadline_ = shared_->clock.mono_now() + shared_->limits.linger_timeout;
}

void Connection::notify_gone() {
    if (state_ != State::kAwaiting && state_ != State::kStreaming) return;
    gone_ = true;
    if (gone_callback_) due_.push_back(std::exchange(gone_callback_, nullptr));
}

void Connection::release_callbacks() {
    if (gone_callback_) dropped_.push_back(std::exchange(gone_callback_, nullptr));
    if (room_callback_) dropped_.push_back(std::exchange(room_callback_, nullptr));
}

void Connection::start_phase(RequestReader::Phase phase) {
    phase_ = phase;
    const auto& limits = shared_->limits;
    const auto limit = phase == RequestReader::Phase::kIdle   ? limits.idle_timeout
                       : phase == RequestReader::Phase::kHead ? limits.header_timeout
                                                              : limits.body_timeout;
    deadline_ = shared_->clock.mono_now() + limit;
}

void Connection::update_owing() {
    const bool owing = state_ != State::kClosed &&
                       (state_ == State::kAwaiting || state_ == State::kStreaming || unsent() > 0);
    if (owing == owing_) return;
    owing_ = owing;
    shared_->flusher.owing_changed(owing ? 1 : -1);
}

}  // namespace ordinaut::http
