// The fake host's C functions: the host table, ord.log, ord.tools, ord.core.
#pragma once
#include "engine.hpp"
#include "ordinaut/core.h"
#include "ordinaut/tools.h"

namespace ordinaut::testing::tables {

using EnginePtr = std::shared_ptr<Engine>;

// Runs `step` with the engine of `self` while its instance exists.
template <class Step>
ord_status with(ord_handle self, Step step) {
    const EnginePtr engine = Engine::of(self);
    if (engine == nullptr || self != engine->self()) return ORD_E_HANDLE;
    {
        const std::lock_guard lock(engine->mutex);
        if (engine->stage == Stage::kDestroyed) {
            engine->violation_locked("it called the host after destroy() had returned");
            return ORD_E_HANDLE;
        }
    }
    return step(*engine);
}
// The same for an argument struct, which must be as large as ABI 1.0's.
template <class Argument, class Step>
ord_status with(ord_handle self, const Argument* given, const char* name, Step step) {
    return with(self, [&](Engine& engine) -> ord_status {
        if (given == nullptr || given->struct_size < sizeof(Argument)) {
            engine.violation(std::string(name) + ": struct_size is not set to sizeof the struct");
            return ORD_E_INVALID;
        }
        return step(engine);
    });
}
inline bool refused(Engine& engine, const char* grant) { return engine.denied(grant); }

inline ord_status finish(ord_handle inv, ord_status status, ord_str json, ord_str message) {
    const EnginePtr engine = Engine::of(inv);
    return engine == nullptr ? ORD_E_HANDLE
                             : engine->finish(inv, status, from_c(json), from_c(message));
}
inline int32_t cancelled(ord_handle inv) {
    const EnginePtr engine = Engine::of(inv);
    if (engine == nullptr) return 1;
    const std::lock_guard lock(engine->mutex);
    const auto found = engine->find(inv);
    return found == nullptr || found->canceled || found->ended ? 1 : 0;
}
inline ord_status cancel(ord_handle self, uint64_t token) {
    return with(self, [&](Engine& engine) { return engine.cancel_asked(token); });
}
inline void keep_line(Engine& engine, uint32_t level, ord_str message, const ord_kv* fields,
                      uint32_t n, ord_handle inv) {
    LogLine line{level, from_c(message), {}, inv};
    for (uint32_t at = 0; fields != nullptr && at < n; ++at)
        line.fields.emplace_back(from_c(fields[at].key), from_c(fields[at].value));
    const std::lock_guard lock(engine.mutex);
    engine.logs.push_back(std::move(line));
}
inline void log(ord_handle self, uint32_t level, ord_str message, const ord_kv* fields,
                uint32_t n) {
    with(self,
         [&](Engine& engine) { return keep_line(engine, level, message, fields, n, 0), ORD_OK; });
}
inline ord_status write_log(ord_handle self, const ord_log_line* line) {
    return with(self, line, "ord_log_line", [&](Engine& engine) {
        return keep_line(engine, line->level, line->message, line->fields, line->n, line->inv),
               ORD_OK;
    });
}
inline void buf_release(ord_handle owner) {
    const EnginePtr engine = Engine::of(owner);
    if (engine == nullptr) return;
    const std::lock_guard lock(engine->mutex);
    engine->buffers.erase(owner);
}

// ── ord.tools ──
inline ord_status register_tool(ord_handle self, const ord_tool_spec* spec) {
    return with(self, spec, "ord_tool_spec", [&](Engine& engine) -> ord_status {
        if (refused(engine, "TOOLS")) return ORD_E_DENIED;
        const std::string name = from_c(spec->name);
        if (name.empty()) return ORD_E_INVALID;
        const std::lock_guard lock(engine.mutex);
        for (const auto& known : engine.tools)
            if (known.name == name) return ORD_E_CONFLICT;
        engine.tools.push_back({name, from_c(spec->description), from_c(spec->input_schema_json),
                                from_c(spec->output_schema_json), spec->effect});
        return ORD_OK;
    });
}
inline ord_status unregister_tool(ord_handle self, ord_str name) {
    return with(self, [&](Engine& engine) -> ord_status {
        if (refused(engine, "TOOLS")) return ORD_E_DENIED;
        const std::lock_guard lock(engine.mutex);
        const auto found =
            std::find_if(engine.tools.begin(), engine.tools.end(),
                         [&](const auto& tool) { return tool.name == from_c(name); });
        if (found == engine.tools.end()) return ORD_E_NOT_FOUND;
        engine.tools.erase(found);
        return ORD_OK;
    });
}
inline ord_status report_progress(ord_handle self, const ord_tool_progress* given) {
    return with(self, given, "ord_tool_progress", [&](Engine& engine) -> ord_status {
        if (given->permille > 1000) return ORD_E_INVALID;
        const std::lock_guard lock(engine.mutex);
        const auto found = engine.find(given->inv);
        if (found == nullptr || found->ended) return ORD_E_HANDLE;
        engine.progress.push_back({given->inv, given->permille, from_c(given->message)});
        return ORD_OK;
    });
}
// Common to invoke() and core.call(): who answers is looked up among `responders`.
inline ord_status ask_responder(Engine& engine,
                                std::map<std::string, Responder> Engine::*responders,
                                std::vector<Asked> Engine::*record, ord_handle inv, uint64_t token,
                                ord_str name, ord_str input, const char* kind) {
    Responder responder;
    {
        const std::lock_guard lock(engine.mutex);
        if (inv != 0) {
            const auto caller = engine.find(inv);
            if (caller == nullptr || caller->ended) return ORD_E_HANDLE;
        }
        (engine.*record).push_back({from_c(name), from_c(input), inv});
        const auto found = (engine.*responders).find(from_c(name));
        if (found != (engine.*responders).end()) responder = found->second;
    }
    if (const ord_status status = engine.ask(token); status != ORD_OK) return status;
    if (!responder)
        return engine.answer(token, {ORD_E_NOT_FOUND,
                                     {},
                                     "the fake host has no " + std::string(kind) + " '" +
                                         from_c(name) + "'"}),
               ORD_OK;
    const std::string text = input.len == 0 ? "{}" : from_c(input);
    if (const auto reply = responder(text)) engine.answer(token, *reply);
    return ORD_OK;
}
inline ord_status invoke(ord_handle self, const ord_tool_invoke* call) {
    return with(self, call, "ord_tool_invoke", [&](Engine& engine) {
        return ask_responder(engine, &Engine::foreign_tools, &Engine::tools_invoked, call->inv,
                             call->token, call->name, call->input_json, "tool");
    });
}
inline ord_status list_tools(ord_handle self, ord_buf* out) {
    return with(self, [&](Engine& engine) -> ord_status {
        if (out == nullptr) return ORD_E_INVALID;
        std::string all;
        {
            const std::lock_guard lock(engine.mutex);
            for (const auto& [name, responder] : engine.foreign_tools)
                all += (all.empty() ? "" : ",") + ("{\"name\":" + json_quoted(name)) +
                       ",\"description\":\"\",\"effect\":\"idempotent\",\"extension_id\":" +
                       json_quoted(name.substr(0, name.find('.'))) + "}";
        }
        return *out = engine.make_buffer("[" + all + "]"), ORD_OK;
    });
}

// ── ord.core ──
inline ord_status core_call(ord_handle self, const ord_core_call* call) {
    return with(self, call, "ord_core_call", [&](Engine& engine) {
        return ask_responder(engine, &Engine::operations, &Engine::operations_called, call->inv,
                             call->token, call->operation, call->input_json, "operation");
    });
}
inline ord_status core_watch(ord_handle self, const ord_core_watch* watch) {
    return with(self, watch, "ord_core_watch", [&](Engine& engine) -> ord_status {
        if (watch->inv != 0) {
            const std::lock_guard lock(engine.mutex);
            const auto caller = engine.find(watch->inv);
            if (caller == nullptr || caller->ended) return ORD_E_HANDLE;
        }
        if (const ord_status status = engine.ask(watch->token); status != ORD_OK) return status;
        if (const auto refused = engine.prepared("core.watch"))
            return engine.answer(watch->token, *refused), ORD_OK;
        const std::lock_guard lock(engine.mutex);
        engine.watches[watch->token] = {from_c(watch->filter_json), watch->inv};
        return ORD_OK;
    });
}

}  // namespace ordinaut::testing::tables
