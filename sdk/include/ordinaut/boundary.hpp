// The C functions behind ORDINAUT_EXTENSION, and the bodies of ordinaut.hpp's members. Included by instance.hpp.
#pragma once
#include "http_instance.hpp"
#include "instance.hpp"

namespace ordinaut {

inline Completion::State::~State() {
    finish(ORD_E_INTERNAL, {}, "the extension dropped the call without an answer");
}
inline bool Completion::State::take() {
    if (done.exchange(true)) return false;
    bool forget = false;
    std::function<void()> dropped;
    {
        const std::lock_guard lock(mutex);
        forget = watched;
        dropped.swap(on_cancel);
    }
    if (forget) instance->forget(inv);
    return true;
}
inline bool Completion::State::finish(ord_status status, std::string_view json, std::string_view message) {
    if (!take()) return false;
    instance->host()->finish(inv, status, to_ord(json), to_ord(message));
    return true;
}

inline void Completion::ok_text(std::string_view json) const { state_->finish(ORD_OK, json, {}); }
inline void Completion::fail(ord_status status, std::string_view message, const Json& details,
                             std::optional<std::chrono::milliseconds> retry_after) const {
    Json json;
    if (!details.is_null()) json.set("details", details);
    if (retry_after) json.set("retry_after_ms", static_cast<int64_t>(retry_after->count()));
    state_->finish(status, json.is_null() ? "" : json.text(), message);
}
inline bool Completion::canceled() const { return state_->instance->host()->cancelled(state_->inv) != 0; }
inline ord_handle Completion::inv() const { return state_->inv; }
inline void Completion::on_cancel(std::function<void()> action) const {
    {
        const std::lock_guard lock(state_->mutex);
        if (state_->done) return;
        state_->on_cancel = std::move(action);
        state_->watched = true;
    }
    state_->instance->watch(state_);
    if (state_->done) state_->instance->forget(state_->inv);
    else if (canceled()) Instance::run_cancel(*state_);
}

inline const Json& ToolCall::input() {
    if (!input_) input_ = Json::parse(input_text());
    return *input_;
}
inline Completion ToolCall::later() {
    kept_ = true;
    return completion_;
}

inline void Setup::tool(std::string_view name, ToolHandler handler) { instance_.add_tool(name, std::move(handler)); }
inline const Json& Setup::config() const { return instance_.config(); }

inline void Host::log(Level level, std::string_view message, const LogFields& fields) const {
    std::vector<ord_kv> pairs;
    for (const auto& [key, value] : fields) pairs.push_back({to_ord(key), to_ord(value)});
    instance_->host()->log(instance_->self(), static_cast<uint32_t>(level), to_ord(message), pairs.data(), static_cast<uint32_t>(pairs.size()));
}
inline Token Host::core(const Completion* call, std::string_view operation, std::string_view input_json, OnAnswer done) const {
    Instance* const instance = instance_;
    const ord_handle inv = call == nullptr ? 0 : call->inv();
    return instance->ask(std::move(done), [=](uint64_t token) {
        const ord_core_call request{sizeof request, 0, inv, token, 0, to_ord(operation), to_ord(input_json)};
        return instance->table<ord_core_v1>("ord.core").call(instance->self(), &request);
    });
}
inline Token Host::invoke(const Completion* call, std::string_view tool, std::string_view input_json, OnAnswer done) const {
    Instance* const instance = instance_;
    const ord_handle inv = call == nullptr ? 0 : call->inv();
    return instance->ask(std::move(done), [=](uint64_t token) {
        const ord_tool_invoke request{sizeof request, 0, inv, token, 0, to_ord(tool), to_ord(input_json)};
        return instance->table<ord_tools_v1>("ord.tools").invoke(instance->self(), &request);
    });
}
inline std::optional<std::string> Host::secret(std::string_view name) const {
    ord_buf out{};
    if (instance_->table<ord_config_v1>("ord.config").secret(instance_->self(), to_ord(name), &out) != ORD_OK) return std::nullopt;
    return instance_->take(out);
}

inline void Host::cancel(Token token) const { instance_->host()->cancel(instance_->self(), token); }

namespace boundary {

template <class Type>
ord_status create(const ord_host_v1* host, ord_handle self, ord_str config, void** out) {
    std::string reason = "an exception that is no std::exception";
    ord_status status = ORD_E_INTERNAL;
    if (host->struct_size < sizeof(ord_host_v1)) return ORD_E_UNSUPPORTED;  // Not even 1.0: it cannot be told why.
    try {
        auto instance = std::make_unique<Instance>(host, self, to_view(config));
        instance->extension = std::make_unique<Type>();
        Setup setup(*instance);
        instance->extension->setup(setup);
        *out = instance.release();
        return ORD_OK;
    } catch (const CallError& error) {
        status = error.status;
        reason = error.what();
    } catch (const std::exception& error) {
        reason = error.what();
    } catch (...) {
    }
    host->log(self, ORD_LOG_ERROR, to_ord(reason), nullptr, 0);
    return status;
}

template <class Action>
void guarded(void* instance, Action action) noexcept {
    auto& self = *static_cast<Instance*>(instance);
    try {
        action(self);
    } catch (const std::exception& error) {
        self.log(Level::kError, error.what());
    } catch (...) {
        self.log(Level::kError, "an exception that is no std::exception");
    }
}
inline ord_status start(void*) { return ORD_OK; }
inline void quiesce(void* instance, uint64_t) {
    guarded(instance, [](Instance& self) { self.extension->quiesce(); });
}
inline void stop(void* instance) { guarded(instance, [](Instance& self) { self.extension->stop(); }); }
inline void destroy(void* instance) {
    guarded(instance, [](Instance& self) { self.extension.reset(); });
    delete static_cast<Instance*>(instance);
}
template <class Action>
ord_status answered(void* instance, Action action) noexcept {
    ord_status status = ORD_E_INTERNAL;
    guarded(instance, [&](Instance& self) { status = action(self); });
    return status;
}
inline ord_status on_tool(void* instance, const ord_tool_call* call) {
    return answered(instance, [&](Instance& self) { return self.on_tool(*call); });
}
inline ord_status on_http(void* instance, const ord_http_request* request) {
    return answered(instance, [&](Instance& self) { return self.on_http(*request); });
}
inline ord_status on_event(void* instance, const ord_event* event) {
    return answered(instance, [&](Instance& self) { return self.on_event(*event); });
}
inline ord_status on_task(void* instance, const ord_task* task) {
    return answered(instance, [&](Instance& self) { return self.on_task(*task); });
}
inline void on_async(void* instance, const ord_async* answer) {
    guarded(instance, [&](Instance& self) { self.on_async(*answer); });
}
inline void on_cancel(void* instance, ord_handle inv) {
    guarded(instance, [&](Instance& self) { self.on_cancel(inv); });
}

template <class Type>
ord_extension_v1 describe(std::string_view id, std::string_view version, uint32_t max_concurrency) {
    ord_extension_v1 table{};
    table.struct_size = sizeof table;
    table.abi_major = ORD_ABI_MAJOR;
    table.abi_minor = ORD_ABI_MINOR;
    table.max_concurrency = max_concurrency;
    table.id = to_ord(id);
    table.version = to_ord(version);
    table.create = create<Type>;
    table.start = start;
    table.quiesce = quiesce;
    table.stop = stop;
    table.destroy = destroy;
    table.on_tool = on_tool;
    table.on_http = on_http;
    table.on_event = on_event;
    table.on_task = on_task;
    table.on_async = on_async;
    table.on_cancel = on_cancel;
    return table;
}

}  // namespace boundary
}  // namespace ordinaut

// Threads that may be inside the extension at once; override before including, when handlers block.
#ifndef ORDINAUT_MAX_CONCURRENCY
#define ORDINAUT_MAX_CONCURRENCY 4
#endif

// Once per extension, at namespace scope. ordinaut_add_extension() defines the id and version from extension.json.
#define ORDINAUT_EXTENSION(Type)                                                                              \
    extern "C" ORD_EXPORT const ord_extension_v1* ordinaut_extension_v1(void) {                               \
        static const ord_extension_v1 table = ::ordinaut::boundary::describe<Type>(                           \
            ORDINAUT_EXTENSION_ID, ORDINAUT_EXTENSION_VERSION, ORDINAUT_MAX_CONCURRENCY);                     \
        return &table;                                                                                        \
    }
