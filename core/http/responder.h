// The right to answer one request, once; from any thread, at any time, also after the client has
// gone.
#pragma once
#include <functional>
#include <memory>
#include <string_view>

#include "http/message.h"

namespace ordinaut::http {

class Connection;

enum class WriteOutcome {
    kOk,  // Taken: sent, or queued.
    // Nothing was taken: the client reads too slowly. Wait for on_room, or give up with abort().
    kAgain,
    kGone,  // The client has disconnected, or was cut off. Nothing will ever be taken.
};

// The last reference to it ends the exchange: unanswered → 500; a stream without end() → the
// connection is cut.
struct Exchange {
    Exchange(std::shared_ptr<Connection> c, uint64_t s) : connection(std::move(c)), serial(s) {}
    ~Exchange();
    Exchange(const Exchange&) = delete;
    const std::shared_ptr<Connection> connection;
    const uint64_t serial;
};

// A response whose body is produced over time. Copies mean the same stream; when the last one is
// dropped without end() the connection is cut, so that the client cannot mistake what it has for
// the whole. Thread-safe.
class StreamWriter {
public:
    StreamWriter() = default;  // Of no stream: every write says kGone.

    // `bytes` as one chunk; all of it or nothing. Empty: kOk, nothing is sent. Never blocks.
    WriteOutcome write(std::string_view bytes) const;
    void end() const;    // The body is complete. Later calls do nothing.
    void abort() const;  // Cuts the connection: the body will never be complete.

    // `callback` runs once, on a thread of the server, when there is room again after kAgain, or
    // when the stream is gone; at once if that is so already. It must not block.
    void on_room(std::function<void()> callback) const;

private:
    friend class Responder;
    explicit StreamWriter(std::shared_ptr<Exchange> exchange) : exchange_(std::move(exchange)) {}
    std::shared_ptr<Exchange> exchange_;
};

// Copies mean the same exchange; the first answer counts and later ones do nothing. Dropped
// unanswered → 500. Thread-safe.
class Responder {
public:
    Responder() = default;
    explicit Responder(std::shared_ptr<Exchange> exchange) : exchange_(std::move(exchange)) {}

    void respond(Response response) const;
    // Sends status and headers now and the body later. To HEAD the body is dropped, but the calls
    // are the same.
    StreamWriter start(int status, const Headers& headers) const;

    // `callback` runs once, on a thread of the server, when the client closes (also only its
    // sending side: the answer still goes out), the connection breaks, or the server begins to
    // stop; at once if that has happened. Not after the answer is complete. It must not block. It
    // must not own this Responder or its stream, which it would keep alive.
    void on_gone(std::function<void()> callback) const;

private:
    std::shared_ptr<Exchange> exchange_;
};

using Handler = std::function<void(Request, Responder)>;

}  // namespace ordinaut::http
