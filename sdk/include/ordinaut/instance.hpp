// Between ordinaut.hpp's classes and the C ABI. Authors need not read it. Included by ordinaut.hpp.
#pragma once
#include <atomic>

#include "ordinaut.hpp"

namespace ordinaut {

struct Completion::State {
    Instance* instance;
    ord_handle inv;
    std::atomic<bool> done{false};
    std::mutex mutex{};
    std::function<void()> on_cancel{};
    bool watched = false;
    std::atomic<bool> canceled{false};  // By the host, while it was watched.

    State(Instance* i, ord_handle h) : instance(i), inv(h) {}
    ~State();
    bool take();  // The right to answer, for the first who asks.
    bool finish(ord_status status, std::string_view json, std::string_view message);
};

class Instance {
public:
    Instance(const ord_host_v1* host, ord_handle self, std::string_view config)
        : host_(host),
          self_(self),
          config_(config.empty() ? Json::object() : Json::parse(config)) {}

    const ord_host_v1* host() const { return host_; }
    ord_handle self() const { return self_; }
    const Json& config() const { return config_; }

    template <class Table>
    const Table& table(std::string_view name) const {
        const void* found = nullptr;
        uint32_t minor = 0;
        const ord_status status = host_->get_interface(self_, to_ord(name), 1, &found, &minor);
        if (status != ORD_OK)
            throw CallError(status, "the host refuses " + std::string(name) + " (status " +
                                        std::to_string(status) + ")");
        return *static_cast<const Table*>(found);
    }
    void log(Level level, std::string_view message) const {
        host_->log(self_, static_cast<uint32_t>(level), to_ord(message), nullptr, 0);
    }

    void add_tool(std::string_view name, ToolHandler handler) {
        tools_.emplace(std::string(name), std::move(handler));
        ord_tool_spec spec{};
        spec.struct_size = sizeof spec;
        spec.name = to_ord(name);
        const ord_status status = table<ord_tools_v1>("ord.tools").register_tool(self_, &spec);
        if (status == ORD_E_DENIED)
            throw CallError(status, "tool '" + std::string(name) + "': TOOLS is not granted");
        if (status != ORD_OK)
            throw CallError(status, "tool '" + std::string(name) + "' is refused (status " +
                                        std::to_string(status) + ")");
    }

    void add_route(std::string_view method, std::string_view pattern, RouteHandler handler,
                   uint64_t body_bytes_max);
    ord_status on_http(const ord_http_request& raw);
    Written write(ord_handle inv, std::string_view bytes, std::function<void()> when_room);
    const ord_http_v1& http() const { return *http_; }

    ord_status on_tool(const ord_tool_call& raw) {
        const auto found = tools_.find(to_view(raw.name));
        if (found == tools_.end()) return ORD_E_NOT_FOUND;
        ToolCall call(raw, Completion(std::make_shared<Completion::State>(this, raw.call->inv)),
                      Host(*this));
        try {
            found->second(call);
            if (!call.kept_ && !call.completion_.state_->done)
                call.fail(ORD_E_INTERNAL, "the handler returned without an answer");
        } catch (const CallError& error) {
            call.fail(error.status, error.what(), error.details);
        } catch (const std::exception& error) {
            call.fail(ORD_E_INTERNAL, error.what());
        } catch (...) {
            call.fail(ORD_E_INTERNAL, "an exception that is no std::exception");
        }
        return ORD_OK;
    }

    ord_status on_event(const ord_event& raw);  // events.hpp
    ord_status on_task(const ord_task& raw);    // background.hpp

    // core.hpp. What comes before the answer to `token`.
    void expect(uint64_t token, OnChange change);
    void on_change(const ord_async& message);
    void on_async(const ord_async& answer);  // members.hpp

    void on_cancel(ord_handle inv) {
        std::shared_ptr<Completion::State> state;
        {
            const std::lock_guard lock(mutex_);
            if (const auto found = cancelable_.find(inv); found != cancelable_.end())
                state = found->second.lock();
        }
        if (state != nullptr) run_cancel(*state);
    }
    static void run_cancel(Completion::State& state) {
        state.canceled = true;
        std::function<void()> action;
        {
            const std::lock_guard lock(state.mutex);
            action.swap(state.on_cancel);
        }
        if (action) action();
    }
    void watch(const std::shared_ptr<Completion::State>& state) {
        const std::lock_guard lock(mutex_);
        cancelable_[state->inv] = state;
    }
    void forget(ord_handle inv) {
        const std::lock_guard lock(mutex_);
        cancelable_.erase(inv);
    }

    // `send` makes the downcall with the token it is given; a refusal is answered at once.
    template <class Send>
    Token ask(OnAnswer done, Send send) {
        const Token token = ++last_token_;
        {
            const std::lock_guard lock(mutex_);
            waiting_.emplace(token, std::move(done));
        }
        ord_status status = ORD_E_UNSUPPORTED;
        std::string head = R"({"message":"the host refuses the call"})";
        try {
            status = send(token);
        } catch (const CallError& error) {
            status = error.status;
            head = Json{{"message", error.what()}}.text();
        }
        if (status == ORD_OK) return token;
        ord_async answer{};
        answer.struct_size = sizeof answer;
        answer.flags = ORD_ASYNC_END;
        answer.token = token;
        answer.status = status;
        answer.head_json = to_ord(head);
        on_async(answer);
        return token;
    }
    // The text of a buffer of the host, which gets it back.
    std::string take(const ord_buf& out) const {
        std::string text(to_view(out.data));
        host_->buf_release(out.owner);
        return text;
    }

    std::unique_ptr<Extension> extension;
    std::mutex events_mutex;  // Guards `events`, also while a subscription is being made.
    std::unordered_map<ord_handle, std::shared_ptr<const EventHandler>> events;
    std::map<std::string, TaskLoop, std::less<>> tasks;  // Written in setup() only.

private:
    const ord_host_v1* host_;
    ord_handle self_;
    Json config_;
    std::map<std::string, ToolHandler, std::less<>> tools_;  // Written in setup() only.
    std::vector<RouteHandler> routes_;                       // By token. Likewise.
    const ord_http_v1* http_ = nullptr;
    bool no_routes_ = false;  // The grant is missing.
    std::mutex mutex_;
    std::unordered_map<ord_handle, std::weak_ptr<Completion::State>> cancelable_;
    std::unordered_map<uint64_t, OnAnswer> waiting_;
    std::unordered_map<uint64_t, std::shared_ptr<OnChange>> watching_;
    std::atomic<uint64_t> last_token_{0};
};

}  // namespace ordinaut

#include "background.hpp"
#include "boundary.hpp"
#include "core.hpp"
#include "events.hpp"
#include "kv.hpp"
#include "metrics.hpp"
#include "timer.hpp"
