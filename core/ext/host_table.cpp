#include "ext/host_table.h"

#include "base/json.h"
#include "ext/arguments.h"
#include "ext/http_call.h"
#include "ext/instance.h"
#include "ext/interface_tables.h"

namespace ordinaut::ext {
namespace {

constexpr size_t kMessageBytesMax = 16 << 10;
constexpr uint32_t kFieldsMax = 64;

// Nothing of the host's throws across the boundary: what does is out of memory or a fault of ours.
template <class Step>
ord_status barrier(Step step) noexcept {
    try {
        return step();
    } catch (...) {
        return ORD_E_INTERNAL;
    }
}

ord_status get_interface(ord_handle self, ord_str name, uint32_t major, const void** table,
                         uint32_t* minor) {
    if (table == nullptr) return ORD_E_INVALID;
    if (instances().find(self) == nullptr) return ORD_E_HANDLE;
    const InterfaceTable found = find_interface(name.ptr, name.len, major);
    if (found.table == nullptr) return ORD_E_UNSUPPORTED;
    *table = found.table;
    if (minor != nullptr) *minor = found.minor;
    return ORD_OK;
}

void take_error(std::string_view text, tool::ToolResult& result) {
    if (text.empty()) return;
    const auto json = parse_json(text);
    if (!json.ok() || !json->IsObject()) return;
    if (const auto* after = find(*json, "retry_after_ms"); after != nullptr && after->IsNumber())
        result.retry_after = std::chrono::milliseconds(
            static_cast<int64_t>(std::clamp(after->GetDouble(), 0.0, 1e12)));
    if (const auto* details = find(*json, "details")) result.details_json = to_json(*details);
}

// A second answer is the extension's mistake; one that comes after the host gave up is not.
ord_status refuse_finish(ord_handle inv) {
    const Ended ended = invocations().remembered(inv);
    if (ended.by == EndedBy::kExtension)
        if (const auto instance = instances().find(ended.instance))
            instance->fault("finished one call twice; the second answer is ignored");
    // Nobody knows the handle; within an upcall it is known at least who made it up.
    if (ended.by == EndedBy::kNobody)
        if (const Invocation* here = Instance::upcall_of_this_thread())
            if (const auto instance = here->instance())
                instance->fault(
                    "finished a call with a handle that is not one; the handle is call->inv of the "
                    "upcall");
    return ORD_E_HANDLE;
}

// An invocation by its handle, null when it is not open. Most are asked for within their own
// upcall, where nothing needs to be looked up, nor held.
class OpenCall {
public:
    explicit OpenCall(ord_handle inv) : here_(Instance::upcall_of_this_thread()) {
        if (here_ != nullptr && here_->handle() == inv) return;
        found_ = invocations().find(inv);
        here_ = found_.get();
    }
    // That of the upcall which runs on this thread.
    OpenCall() : here_(Instance::upcall_of_this_thread()) {}
    Invocation* get() const { return here_ != nullptr && here_->ended() ? nullptr : here_; }

private:
    InvocationRef found_;
    Invocation* here_;
};

// finish() has no place for a status and headers.
ord_status refuse_ok(const Invocation& invocation) {
    if (const auto instance = invocation.instance())
        instance->fault(
            "finished a request with ORD_OK; an HTTP request is answered with respond(), or "
            "start() and end()");
    return ORD_E_STATE;
}

ord_status finish_request(Invocation& invocation, ord_status status, ord_str json,
                          ord_str message) {
    if (status == ORD_OK) return refuse_ok(invocation);
    return invocation.http()->fail(invocation, EndedBy::kExtension, status, text_of(json),
                                   text_of(message))
               ? ORD_OK
               : refuse_finish(invocation.handle());
}

ord_status finish(ord_handle inv, ord_status status, ord_str json, ord_str message) {
    return barrier([&]() -> ord_status {
        const OpenCall open(inv);
        Invocation* const invocation = open.get();
        if (invocation == nullptr) return refuse_finish(inv);
        if (invocation->http() != nullptr)
            return finish_request(*invocation, status, json, message);
        tool::ToolResult result;
        result.outcome = outcome_of(status);
        result.in_doubt = status == ORD_E_INTERNAL;
        if (result.outcome == tool::Outcome::kOk) {
            result.output_json = json.len == 0 ? "null" : std::string(text_of(json));
        } else {
            result.message = clean(text_of(message), kMessageBytesMax);
            if (result.message.empty())
                result.message = invocation->call().name + " failed with " + status_name(status);
            take_error(text_of(json), result);
        }
        return invocation->complete(std::move(result), EndedBy::kExtension) ? ORD_OK
                                                                            : refuse_finish(inv);
    });
}

int32_t cancelled(ord_handle inv) {
    const OpenCall open(inv);
    return open.get() == nullptr || open.get()->canceled() ? 1 : 0;
}

ord_status cancel(ord_handle self, uint64_t token) {
    return barrier([&] {
        const auto instance = instances().find(self);
        return instance == nullptr ? ORD_E_HANDLE : instance->cancel_downcall(token);
    });
}

std::vector<std::pair<std::string, std::string>> fields_of(const ord_kv* fields, uint32_t n) {
    std::vector<std::pair<std::string, std::string>> out;
    for (uint32_t k = 0; fields != nullptr && k < std::min(n, kFieldsMax); ++k)
        out.emplace_back(clean(text_of(fields[k].key), 256),
                         clean(text_of(fields[k].value), kMessageBytesMax));
    return out;
}

void log(ord_handle self, uint32_t level, ord_str message, const ord_kv* fields, uint32_t n) {
    barrier([&] {
        const auto instance = instances().find(self);
        if (instance == nullptr) return ORD_E_HANDLE;
        const OpenCall here;
        instance->log(level, clean(text_of(message), kMessageBytesMax), fields_of(fields, n),
                      here.get());
        return ORD_OK;
    });
}

void buf_release(ord_handle owner) {
    barrier([&] { return release_buffer(owner), ORD_OK; });
}

ord_status write_line(ord_handle self, const ord_log_line* line) {
    return barrier([&] {
        const auto instance = instances().find(self);
        if (instance == nullptr) return ORD_E_HANDLE;
        if (line == nullptr || line->struct_size < sizeof(ord_log_line) ||
            line->level > ORD_LOG_ERROR || !is_utf8(text_of(line->message)))
            return ORD_E_INVALID;
        const OpenCall call = line->inv != 0 ? OpenCall(line->inv) : OpenCall();
        if (line->inv != 0 && call.get() == nullptr) return ORD_E_HANDLE;
        instance->log(line->level, clean(text_of(line->message), kMessageBytesMax),
                      fields_of(line->fields, line->n), call.get());
        return ORD_OK;
    });
}

constexpr ord_host_v1 kHost = {sizeof(ord_host_v1), ORD_ABI_MINOR, get_interface, finish,
                               cancelled,           cancel,        log,           buf_release};

}  // namespace

const ord_log_v1& log_table() {
    static constexpr ord_log_v1 kTable = {sizeof(ord_log_v1), 0, write_line};
    return kTable;
}

const ord_host_v1& host_table() { return kHost; }

}  // namespace ordinaut::ext
