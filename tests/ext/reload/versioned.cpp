// The same extension in several versions: it tells which one it is and which of its starts, keeps
// calls for as long as it is told to, and registers one tool more than its manifest declares.
#include <ordinaut/config.h>
#include <ordinaut/tools.h>

#include <atomic>
#include <mutex>
#include <string>
#include <thread>

namespace {
std::atomic<int> starts{0};  // Of this copy of the library.

ord_str str(const std::string& text) { return {text.data(), text.size()}; }
std::string_view text(ord_str s) { return {s.ptr, s.len}; }

struct Versioned {
    const ord_host_v1* host = nullptr;
    ord_handle self = 0;
    std::mutex mutex;  // Calls go on beside reconfigure().
    std::string config;
    std::atomic<bool> quiesced{false}, stopped{false};
    std::atomic<int> holding{0};

    std::string config_now() {
        const std::lock_guard lock(mutex);
        return config;
    }
};

ord_status add(Versioned& own, const char* name) {
    const void* tools = nullptr;
    if (own.host->get_interface(own.self, str("ord.tools"), 1, &tools, nullptr) != ORD_OK)
        return ORD_E_INTERNAL;
    const std::string text = name;
    ord_tool_spec spec{};
    spec.struct_size = sizeof spec;
    spec.name = str(text);
    return static_cast<const ord_tools_v1*>(tools)->register_tool(own.self, &spec);
}

ord_status create(const ord_host_v1* host, ord_handle self, ord_str config, void** instance) {
    ++starts;
    auto* own = new Versioned;
    own->host = host;
    own->self = self;
    own->config = std::string(text(config));
    *instance = own;
    const std::string extra = "only_" + std::to_string(VERSIONED);
    for (const char* name : {"run", "hold", "everywhere", extra.c_str()})
        if (const ord_status refused = add(*own, name); refused != ORD_OK) {
            delete own;
            return refused;
        }
    return ORD_OK;
}
ord_status start(void* instance) {
    auto& own = *static_cast<Versioned*>(instance);
    if (!VERSIONED_STARTS) own.host->log(own.self, 3, str("no database"), nullptr, 0);
    return VERSIONED_STARTS ? ORD_OK : ORD_E_RETRYABLE;
}
ord_status reconfigure(void* instance, ord_str config) {
    auto& own = *static_cast<Versioned*>(instance);
    if (text(config).find("\"refuse\":true") != std::string_view::npos) {
        own.host->log(own.self, 3, str("not while it rains"), nullptr, 0);
        return ORD_E_CONFLICT;
    }
    const std::lock_guard lock(own.mutex);
    own.config = std::string(text(config));
    return ORD_OK;
}
void quiesce(void* instance, uint64_t) { static_cast<Versioned*>(instance)->quiesced = true; }
void stop(void* instance) { static_cast<Versioned*>(instance)->stopped = true; }
void destroy(void* instance) { delete static_cast<Versioned*>(instance); }

ord_status on_tool(void* instance, const ord_tool_call* call) {
    auto& own = *static_cast<Versioned*>(instance);
    // A call must never begin in a generation that was told to finish.
    if (own.stopped) return ORD_E_STATE;
    if (text(call->name) == "hold") {
        ++own.holding;
        std::thread([&own, inv = call->call->inv] {
            while (!own.quiesced && own.host->cancelled(inv) == 0) std::this_thread::yield();
            own.host->finish(inv, ORD_OK, str(R"({"held_by":)" + std::to_string(VERSIONED) + "}"),
                             {});
        }).detach();
        return ORD_OK;
    }
    const std::string answer =
        R"({"version":)" + std::to_string(VERSIONED) + R"(,"starts":)" + std::to_string(starts) +
        R"(,"holding":)" + std::to_string(own.holding) + R"(,"config":)" + own.config_now() + "}";
    return own.host->finish(call->call->inv, ORD_OK, str(answer), {}), ORD_OK;
}
}  // namespace

extern "C" ORD_EXPORT const ord_extension_v1* ordinaut_extension_v1(void) {
    static const std::string id = ORDINAUT_EXTENSION_ID, version = ORDINAUT_EXTENSION_VERSION;
    static const ord_extension_v1 table = [] {
        ord_extension_v1 t{};
        t.struct_size = sizeof t;
        t.abi_major = ORD_ABI_MAJOR;
        t.max_concurrency = 2;
        t.id = str(id);
        t.version = str(version);
        t.create = create;
        t.start = start;
        t.reconfigure = VERSIONED == 3 ? nullptr : reconfigure;
        t.quiesce = quiesce;
        t.stop = stop;
        t.destroy = destroy;
        t.on_tool = on_tool;
        return t;
    }();
    return &table;
}
