// A tool call for extensions in C++: what it brings and how it is answered. Included by
// ordinaut.hpp.
#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

#include "host.hpp"
#include "json.hpp"
#include "tools.h"

namespace ordinaut {

// Thrown inside a handler to fail the call; `details` as [{"pointer","message"}].
struct CallError : std::runtime_error {
    ord_status status;
    Json details;
    CallError(ord_status s, const std::string& message, Json d = {})
        : std::runtime_error(message), status(s), details(std::move(d)) {}
};
// A wrong input: names the place and says what would be right.
inline CallError invalid_input(const std::string& pointer, const std::string& message) {
    return {ORD_E_INVALID, pointer + ": " + message,
            Json::array({Json{{"pointer", pointer}, {"message", message}}})};
}

// A call kept beyond its handler. Copyable; all copies are one call, answered once: later answers
// are ignored. When the last copy goes without an answer, the call fails as ORD_E_INTERNAL
// ("dropped").
class Completion {
public:
    void ok(const Json& result) const { ok_text(result.text()); }
    void ok_text(std::string_view json) const;  // `json` is one JSON text.
    void fail(ord_status status, std::string_view message, const Json& details = {},
              std::optional<std::chrono::milliseconds> retry_after = {}) const;
    // How far it is, 0 to 1000: a line of its run's log. Nothing when nobody waits any more.
    void progress(uint32_t permille, std::string_view message = {}) const;
    bool canceled() const;  // Nobody waits for the answer any more.
    // `action` runs at most once, on any thread, when the call is canceled; at once if it already
    // is. Must not block.
    void on_cancel(std::function<void()> action) const;
    ord_handle inv() const;

private:
    friend class Instance;
    friend class Event;
    friend class Reply;
    friend class Stream;
    friend class ToolCall;
    struct State;
    explicit Completion(std::shared_ptr<State> state) : state_(std::move(state)) {}
    std::shared_ptr<State> state_;
};

// One tool call, on a [worker] thread. Views end with the handler.
class ToolCall {
public:
    std::string_view input_text() const { return to_view(raw_->input_json); }
    const Json& input();  // Parsed on first use.

    // An argument; a missing one or one of another type fails the call as ORD_E_INVALID, naming it.
    std::string arg(std::string_view name) { return arg<std::string>(name); }
    template <class T>
    T arg(std::string_view name) {
        const Json* found = input().find(name);
        if (found == nullptr) throw invalid_input("/" + std::string(name), "is required");
        return convert<T>(name, *found);
    }
    template <class T>
    T arg_or(std::string_view name, T fallback) {
        const Json* found = input().find(name);
        return found == nullptr ? fallback : convert<T>(name, *found);
    }

    void ok(const Json& result) { completion_.ok(result); }
    void ok_text(std::string_view json) { completion_.ok_text(json); }
    void fail(ord_status status, std::string_view message, const Json& details = {}) {
        completion_.fail(status, message, details);
    }
    void fail_retryable(std::string_view message,
                        std::optional<std::chrono::milliseconds> after = {}) {
        completion_.fail(ORD_E_RETRYABLE, message, {}, after);
    }
    void fail_rate_limited(std::string_view message, std::chrono::milliseconds after) {
        completion_.fail(ORD_E_RATE_LIMITED, message, {}, after);
    }
    void fail_terminal(std::string_view message) { completion_.fail(ORD_E_TERMINAL, message); }

    void progress(uint32_t permille, std::string_view message = {}) const {
        completion_.progress(permille, message);
    }
    Completion later();  // Keeps the call beyond the handler.
    const Completion& completion() const { return completion_; }
    Host host() const { return host_; }
    void log(Level level, std::string_view message, const LogFields& fields = {}) const {
        host_.log(level, message, fields);
    }
    const ord_call& context() const { return *raw_->call; }

private:
    friend class Instance;
    ToolCall(const ord_tool_call& raw, Completion completion, Host host)
        : raw_(&raw), completion_(std::move(completion)), host_(host) {}
    template <class T>
    static T convert(std::string_view name, const Json& json) try {
        if constexpr (std::is_same_v<T, std::string>)
            return json.as_string();
        else if constexpr (std::is_same_v<T, bool>)
            return json.as_bool();
        else if constexpr (std::is_same_v<T, Json>)
            return json;
        else if constexpr (std::is_floating_point_v<T>)
            return static_cast<T>(json.as_double());
        else
            return static_cast<T>(json.as_int());
    } catch (const JsonError& error) {
        throw invalid_input("/" + std::string(name), error.what());
    }

    const ord_tool_call* raw_;
    Completion completion_;
    Host host_;
    std::optional<Json> input_;
    bool kept_ = false;
};

}  // namespace ordinaut
