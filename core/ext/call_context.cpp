#include "ext/call_context.h"

#include "base/json.h"

namespace ordinaut::ext {
namespace {

ord_str str(const std::string& text) { return {text.data(), text.size()}; }

std::string json_of(const std::vector<std::string>& texts) {
    JsonWriter writer;
    writer.begin_array();
    for (const auto& text : texts) writer.string(text);
    return writer.end_array().take();
}

// Calls in a row are mostly of the same caller.
std::shared_ptr<const std::string> cached_json_of(const std::vector<std::string>& scopes) {
    static thread_local std::vector<std::string> known;
    static thread_local std::shared_ptr<const std::string> json =
        std::make_shared<const std::string>("[]");
    if (known != scopes) {
        json = std::make_shared<const std::string>(json_of(scopes));
        known = scopes;
    }
    return json;
}

void parse_hex(const std::string& text, uint8_t* out, size_t size) {
    if (text.size() != size * 2) return;
    for (size_t n = 0; n < size; ++n)
        out[n] = static_cast<uint8_t>(std::strtoul(text.substr(n * 2, 2).c_str(), nullptr, 16));
}

}  // namespace

uint64_t monotonic_ns(MonoTime time) {
    const auto since =
        std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
    return since > 0 ? static_cast<uint64_t>(since) : 1;
}

CallContext::CallContext(ord_handle inv, const tool::ToolCall& call)
    : scopes_json_(cached_json_of(call.scopes)) {
    raw_.struct_size = sizeof raw_;
    raw_.attempt = static_cast<uint32_t>(call.attempt);
    raw_.inv = inv;
    raw_.deadline_ns = call.deadline ? monotonic_ns(*call.deadline) : 0;
    parse_hex(call.trace_id, raw_.trace_id, sizeof raw_.trace_id);
    raw_.principal = str(call.principal);
    raw_.scopes_json = str(*scopes_json_);
    raw_.idempotency_key = str(call.idempotency_key);
    raw_.run_id = str(call.run_id);
    raw_.step_id = str(call.step_id);
}

}  // namespace ordinaut::ext
