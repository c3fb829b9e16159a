// The C functions behind ORDINAUT_EXTENSION. Authors need not read it. Included by instance.hpp.
#pragma once
#include "http_instance.hpp"
#include "instance.hpp"
#include "members.hpp"

#include <type_traits>

namespace ordinaut::boundary {

template <class Type>
ord_status create(const ord_host_v1* host, ord_handle self, ord_str config, void** out) {
    std::string reason = "an exception that is no std::exception";
    ord_status status = ORD_E_INTERNAL;
    // Not even 1.0: it cannot be told why.
    if (host->struct_size < sizeof(ord_host_v1)) return ORD_E_UNSUPPORTED;
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
inline void stop(void* instance) {
    guarded(instance, [](Instance& self) { self.extension->stop(); });
}
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
inline ord_status health(void* instance, const ord_call* call) {
    return answered(instance, [&](Instance& self) {
        ord_status status = ORD_OK;
        std::string reason;
        try {
            self.extension->health();
        } catch (const CallError& error) {
            status = error.status;
            reason = error.what();
        } catch (const std::exception& error) {
            status = ORD_E_INTERNAL;
            reason = error.what();
        } catch (...) {
            status = ORD_E_INTERNAL;
            reason = "an exception that is no std::exception";
        }
        return self.host()->finish(call->inv, status, {}, to_ord(reason)), ORD_OK;
    });
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
    // Who does not override it has nothing to say, and need not be asked.
    if constexpr (!std::is_same_v<decltype(&Type::health), void (Extension::*)()>)
        table.health = health;
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

}  // namespace ordinaut::boundary

// Threads that may be inside the extension at once; override before including, when handlers block.
#ifndef ORDINAUT_MAX_CONCURRENCY
#define ORDINAUT_MAX_CONCURRENCY 4
#endif

// Once per extension, at namespace scope. ordinaut_add_extension() defines the id and version from
// extension.json.
#define ORDINAUT_EXTENSION(Type)                                                          \
    extern "C" ORD_EXPORT const ord_extension_v1* ordinaut_extension_v1(void) {           \
        static const ord_extension_v1 table = ::ordinaut::boundary::describe<Type>(       \
            ORDINAUT_EXTENSION_ID, ORDINAUT_EXTENSION_VERSION, ORDINAUT_MAX_CONCURRENCY); \
        return &table;                                                                    \
    }
