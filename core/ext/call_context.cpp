#include "ext/call_context.h"

#include <cstring>

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

int digit_of(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : 0;
}

void parse_hex(const std::string& text, uint8_t* out, size_t size) {
    std::memset(out, 0, size);
    if (text.size() != size * 2) return;
    for (size_t n = 0; n < size; ++n)
        out[n] = static_cast<uint8_t>(digit_of(text[2 * n]) << 4 | digit_of(text[2 * n + 1]));
}

}  // namespace

uint64_t monotonic_ns(MonoTime time) {
    const auto since =
        std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
    return since > 0 ? static_cast<uint64_t>(since) : 1;
}

struct CallContext::Scopes {
    std::vector<std::string> scopes;
    std::string json;
};

// Calls in a row are mostly of the same caller: what the last one of this thread had is taken from
// here, and put back.
std::unique_ptr<CallContext::Scopes>& CallContext::kept() {
    static thread_local std::unique_ptr<Scopes> scopes;
    return scopes;
}

// Every member by hand: to clear it all first costs more than the rest of this.
CallContext::CallContext(ord_handle inv, const tool::ToolCall& call) {  // NOLINT: see above
    static_assert(sizeof raw_ == 128, "set what is new, too");
    raw_.struct_size = sizeof raw_;
    raw_.attempt = static_cast<uint32_t>(call.attempt);
    raw_.inv = inv;
    raw_.deadline_ns = call.deadline ? monotonic_ns(*call.deadline) : 0;
    parse_hex(call.trace_id, raw_.trace_id, sizeof raw_.trace_id);
    std::memset(raw_.span_id, 0, sizeof raw_.span_id);
    raw_.principal = str(call.principal);
    raw_.scopes_json = {"[]", 2};
    raw_.idempotency_key = str(call.idempotency_key);
    raw_.run_id = str(call.run_id);
    raw_.step_id = str(call.step_id);
    if (call.scopes.empty()) return;
    scopes_ = std::move(kept());
    if (scopes_ == nullptr || scopes_->scopes != call.scopes)
        scopes_ = std::make_unique<Scopes>(Scopes{call.scopes, json_of(call.scopes)});
    raw_.scopes_json = str(scopes_->json);
}

CallContext::~CallContext() {
    if (scopes_ != nullptr) kept() = std::move(scopes_);
}

}  // namespace ordinaut::ext
