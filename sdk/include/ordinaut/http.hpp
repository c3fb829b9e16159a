// HTTP for extensions in C++: what a request brings, how it is answered, streams and server-sent
// events. Included by ordinaut.hpp.
//
//   s.get("/items/{id}", [](ordinaut::Request& r) { return r.json({{"id", r.param("id")}}); });
//   s.get("/ticks", [](ordinaut::Request& r) {
//       auto stream = r.stream();            // text/event-stream
//       stream.event("tick", "1");
//       stream.end();
//   });
#include "ordinaut.hpp"  // Before the guard: it includes this file where the declarations below are needed.
#ifndef ORDINAUT_HTTP_HPP
#define ORDINAUT_HTTP_HPP

namespace ordinaut {

// Thrown inside a route's handler to answer with an error of this status.
struct HttpError : std::runtime_error {
    int status;
    Json details;
    HttpError(int s, const std::string& message, Json d = {})
        : std::runtime_error(message), status(s), details(std::move(d)) {}
};

enum class Written {
    kOk,    // Taken.
    kFull,  // Nothing was taken: the client reads too slowly.
    kGone,  // The client has left, or the stream has ended. Nothing will ever be taken.
};

// An answer that is sent piece by piece. Copyable; all copies are one stream. When the last one
// goes without end(), the connection is cut, so that the client does not take what it has for the
// whole. Safe to use from any thread.
class Stream {
public:
    // At most 1 MiB at once, all or nothing. `when_room` is called once after kFull, when writing
    // is worth trying again (or the client has left); on a host thread, where it must not block.
    Written write(std::string_view bytes, std::function<void()> when_room = {}) const;
    // Waits while the client is slow. False: it has left. For threads of your own only, never in a
    // handler.
    bool write_waiting(std::string_view bytes) const;
    // One server-sent event; lines of `data` become lines of it. `id` may come back as the header
    // last-event-id.
    Written event(std::string_view name, std::string_view data, std::string_view id = {},
                  std::function<void()> when_room = {}) const {
        return write(format_event(name, data, id), std::move(when_room));
    }
    // Keeps a silent stream alive.
    Written comment(std::string_view text = "") const {
        return write(": " + one_line(text) + "\n\n");
    }
    void end() const;
    bool gone() const { return completion_.canceled(); }
    // `action` runs at most once, on any thread, when the client leaves or the extension is
    // stopped, at once if that has happened; the stream ends after it, with or without an action.
    void on_gone(std::function<void()> action) const;
    static std::string format_event(std::string_view name, std::string_view data,
                                    std::string_view id = {});

private:
    friend class Reply;
    explicit Stream(Completion completion) : completion_(std::move(completion)) {}
    static std::string one_line(std::string_view text);
    Completion completion_;
};

// The right to answer one request; copies are the same one, and the first answer counts. Kept with
// Request::later(), it may be used from any thread; when the last copy goes without an answer, the
// request fails with 500.
class Reply {
public:
    Reply& status(int status) { return status_ = status, *this; }  // 200 when not said.
    // A header; replaces one of the same name.
    Reply& set(std::string name, std::string value);
    void json(const Json& body) const { send("application/json", body.text()); }
    void json_text(std::string_view body) const { send("application/json", body); }
    void text(std::string_view body) const { send("text/plain; charset=utf-8", body); }
    void html(std::string_view body) const { send("text/html; charset=utf-8", body); }
    void send(std::string_view content_type, std::string_view body) const;
    void no_content() const;
    void redirect(std::string location, int status = 302) const;
    // In the server's one error shape, with this status (400…599).
    void error(int status, std::string_view message, const Json& details = {}) const;
    // Throws CallError when the request is answered already.
    Stream stream(std::string_view content_type = "text/event-stream") const;

    bool canceled() const { return completion_.canceled(); }
    void on_cancel(std::function<void()> action) const { completion_.on_cancel(std::move(action)); }
    // For Host::core() and Host::invoke() on the caller's behalf.
    const Completion& completion() const { return completion_; }

private:
    friend class Instance;
    friend class Request;
    explicit Reply(Completion completion) : completion_(std::move(completion)) {}
    bool answered() const;
    ord_http_response make(std::vector<ord_kv>& headers, std::string_view content_type,
                           std::string_view body) const;

    Completion completion_;
    int status_ = 200;
    std::vector<std::pair<std::string, std::string>> headers_;
};

// One request, on a [worker] thread. Views end with the handler.
class Request {
public:
    std::string_view method() const { return to_view(raw_->method); }
    std::string_view path() const { return to_view(raw_->path); }  // Below /ext/<id>, decoded.
    std::string_view raw_query() const { return to_view(raw_->raw_query); }
    std::string_view body() const { return to_view(raw_->body); }
    const Json& body_json();  // Parsed on first use; a body that is not JSON answers 400.

    // A parameter of the pattern ("*" is the rest); one that the pattern does not have is empty.
    std::string param(std::string_view name) const {
        return std::string(find(raw_->params, raw_->n_params, name).value_or(""));
    }
    // The first of that name, or `fallback`.
    std::string query(std::string_view name, std::string_view fallback = "") const {
        return std::string(find(raw_->query, raw_->n_query, name).value_or(fallback));
    }
    std::vector<std::string> query_all(std::string_view name) const;
    bool has_query(std::string_view name) const {
        return find(raw_->query, raw_->n_query, name).has_value();
    }
    std::string_view header(std::string_view lower_case_name) const {
        return find(raw_->headers, raw_->n_headers, lower_case_name).value_or("");
    }

    Request& status(int status) { return reply_.status(status), *this; }
    Request& set(std::string name, std::string value) {
        return reply_.set(std::move(name), std::move(value)), *this;
    }
    void json(const Json& body) { reply_.json(body); }
    void json_text(std::string_view body) { reply_.json_text(body); }
    void text(std::string_view body) { reply_.text(body); }
    void html(std::string_view body) { reply_.html(body); }
    void send(std::string_view content_type, std::string_view body) {
        reply_.send(content_type, body);
    }
    void no_content() { reply_.no_content(); }
    void redirect(std::string location, int status = 302) {
        reply_.redirect(std::move(location), status);
    }
    void error(int status, std::string_view message, const Json& details = {}) {
        reply_.error(status, message, details);
    }
    Stream stream(std::string_view content_type = "text/event-stream");  // Also beyond the handler.
    // Keeps the request beyond the handler.
    Reply later();

    // The caller's agent id; empty on public routes.
    std::string_view principal() const { return to_view(raw_->call->principal); }
    const ord_call& context() const { return *raw_->call; }
    const Completion& completion() const { return reply_.completion(); }
    Host host() const { return host_; }
    void log(Level level, std::string_view message, const LogFields& fields = {}) const {
        host_.log(level, message, fields);
    }

private:
    friend class Instance;
    Request(const ord_http_request& raw, Reply reply, Host host)
        : raw_(&raw), reply_(std::move(reply)), host_(host) {}
    static std::optional<std::string_view> find(const ord_kv* pairs, uint32_t count,
                                                std::string_view name) {
        for (uint32_t n = 0; n < count; ++n)
            if (to_view(pairs[n].key) == name) return to_view(pairs[n].value);
        return std::nullopt;
    }

    const ord_http_request* raw_;
    Reply reply_;
    Host host_;
    std::optional<Json> body_;
    bool kept_ = false;
};

}  // namespace ordinaut
#endif
