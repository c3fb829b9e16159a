// One client connection: requests in order, one at a time; answers from any thread; its own
// timeouts and its own writes.
//
// Input comes from the thread that polls the socket; nothing here blocks or runs a handler. A
// request goes to the work pool; its answer comes back under the serial number of its exchange, so
// that a late answer finds that it is late. Writes use a duplicate of the socket, which stays ours
// until the last reference is gone: an answer can never reach another client that was given the
// same descriptor number.
#pragma once
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/work_pool.h"
#include "http/flusher.h"
#include "http/limits.h"
#include "http/request_reader.h"
#include "http/responder.h"

namespace ordinaut::http {

// What all connections of one server share. Outlives the server for as long as a Responder is held.
struct Shared {
    Limits limits;
    const Clock& clock;
    WorkPool& pool;
    Handler handler;
    Flusher flusher;
};

// Thread-safe.
class Connection : public std::enable_shared_from_this<Connection> {
public:
    // Owns `fd`. Call open() next.
    Connection(std::shared_ptr<Shared> shared, int fd, std::string peer);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    void open();                            // Registers with the flusher.
    void refuse_busy();                     // Instead of reading: 503 and the end.
    void on_input(std::string_view bytes);  // What the client sent.
    void on_input_closed();                 // The client sends no more.
    void on_writable();
    void on_tick(MonoTime now);
    void begin_stop();  // Ends now if nothing is owed, else after the answer in flight.
    void kill();        // Ends now.

    // One exchange; see Responder. Calls with the serial of a finished exchange do nothing.
    void answer(uint64_t serial, Response&& response);
    bool start(uint64_t serial, int status, const Headers& headers);
    WriteOutcome write(uint64_t serial, std::string_view bytes);
    void end(uint64_t serial);
    void abort(uint64_t serial);
    void abandon(uint64_t serial);
    void on_gone(uint64_t serial, std::function<void()> callback);
    void on_room(uint64_t serial, std::function<void()> callback);

private:
    enum class State {
        kReading,    // Between requests, or inside one.
        kAwaiting,   // A handler owes the answer.
        kStreaming,  // A handler has begun the answer.
        kLingering,  // The last answer is given; what still comes in is dropped.
        kClosed,
    };
    class Guard;

    void pump();
    void dispatch(Request request);
    void refuse(int status, std::string_view message);
    void finish_exchange();
    void linger();
    void close();
    void cut();
    void send(std::string bytes);
    void flush();
    void after_flush();
    void notify_gone();
    void release_callbacks();
    void start_phase(RequestReader::Phase phase);
    void update_owing();
    bool is_current(uint64_t serial, State state) const {
        return serial_ == serial && state_ == state;
    }
    size_t unsent() const { return out_.size() - out_sent_; }

    const std::shared_ptr<Shared> shared_;
    const int fd_;
    const std::string peer_;
    const uint64_t id_;

    std::mutex mutex_;  // Guards all below.
    State state_ = State::kReading;
    RequestReader reader_;
    RequestReader::Phase phase_ = RequestReader::Phase::kHead;
    MonoTime deadline_;          // Of the phase, or of lingering.
    bool input_closed_ = false;  // The client sends no more.
    // It has sent more than we keep; the connection ends after this answer.
    bool input_ignored_ = false;
    bool stopping_ = false;
    size_t lingered_bytes_ = 0;

    uint64_t serial_ = 0;  // Of the current exchange.
    bool keep_alive_ = true;
    bool head_only_ = false;
    bool http11_ = true;
    std::function<void()> gone_callback_;
    std::function<void()> room_callback_;
    bool gone_ = false;  // on_gone has been, or would be, called for this exchange.

    std::string out_;  // Unsent bytes from out_sent_ on.
    size_t out_sent_ = 0;
    MonoTime progress_at_;  // When the client last took bytes.
    bool owing_ = false;
    // Runs, or is just dropped when empty, after the lock is released.
    std::vector<std::function<void()>> due_;
    // Destroyed after the lock is released: may hold the last Exchange.
    std::vector<std::function<void()>> dropped_;
};

}  // namespace ordinaut::http
