// Keeps things with ord.kv; each tool answers {"status", "json"} as the host answered.
#include <ordinaut/ordinaut.hpp>

namespace {
ordinaut::OnAnswer pass_on(ordinaut::ToolCall& call) {
    return [answer = call.later()](const ordinaut::Answer& a) {
        answer.ok({{"status", a.status},
                   {"json", a.json.empty() ? ordinaut::Json() : ordinaut::Json::parse(a.json)}});
    };
}

struct Keeper : ordinaut::Extension {
    void setup(ordinaut::Setup& s) override {
        s.tool("get", [](ordinaut::ToolCall& call) {
            call.host().kv_get(call.arg("key"), pass_on(call));
        });
        s.tool("put", [](ordinaut::ToolCall& call) {
            ordinaut::KvOptions options;
            if (const int64_t expected = call.arg_or<int64_t>("expected", -1); expected >= 0)
                options.expected_revision = static_cast<uint64_t>(expected);
            options.ttl = std::chrono::milliseconds(call.arg_or<int64_t>("ttl_ms", 0));
            call.host().kv_put(call.arg("key"), call.arg("value"), pass_on(call), options);
        });
        s.tool("erase", [](ordinaut::ToolCall& call) {
            call.host().kv_erase(call.arg("key"), pass_on(call));
        });
        s.tool("scan", [](ordinaut::ToolCall& call) {
            call.host().kv_scan(
                call.arg_or<std::string>("prefix", ""), call.arg_or<std::string>("after", ""),
                static_cast<uint32_t>(call.arg_or<int64_t>("limit", 0)), pass_on(call));
        });
        s.tool("large", [](ordinaut::ToolCall& call) {
            call.host().kv_put("large", '"' + std::string(300'000, 'x') + '"', pass_on(call));
        });
        s.tool("add", [](ordinaut::ToolCall& call) {  // One more, however many do so at once.
            const auto host = call.host();
            while (true) {
                const auto there = ordinaut::await(
                    [&](ordinaut::OnAnswer done) { host.kv_get("n", std::move(done)); });
                const auto json = there.ok() ? ordinaut::Json::parse(there.json) : ordinaut::Json();
                const int64_t n = there.ok() ? json.find("value")->as_int() : 0;
                ordinaut::KvOptions options;
                options.expected_revision =
                    there.ok() ? static_cast<uint64_t>(json.find("revision")->as_int()) : 0;
                const auto put = ordinaut::await([&](ordinaut::OnAnswer done) {
                    host.kv_put("n", std::to_string(n + 1), std::move(done), options);
                });
                if (put.ok()) return call.ok({{"n", n + 1}});
                if (put.status != ORD_E_CONFLICT) return call.fail(put.status, put.message);
            }
        });
    }
};
}  // namespace
ORDINAUT_EXTENSION(Keeper)
