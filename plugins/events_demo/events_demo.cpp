// Publish events and watch them flow: over HTTP, as server-sent events, and on a page.
#include <ordinaut/ordinaut.hpp>

#include <ctime>
#include <map>

#include "names.h"
#include "page.h"
#include "reader.h"

namespace {

constexpr uint64_t kPayloadBytesMax = 256 << 10;
constexpr size_t kIdempotencyKeyMax = 128;
// Of the topics of a wildcard those that are new are found within a second: what a client missed
// meanwhile is older than the last event it got.
constexpr int64_t kRewindMs = 5000;
constexpr const char* kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

// A browser that comes back says what it got last; that counts more than where it once began.
std::string start_of(const ordinaut::Request& r, const ReaderPlan& plan) {
    std::string last(r.header("last-event-id"));
    if (last.empty()) return r.query("from_id");
    check_event_id("/last-event-id", last);
    if (!has_wildcard(plan.name)) return last;
    return std::to_string(std::max<int64_t>(std::stoll(last) - kRewindMs, 0)) + "-0";
}

ReaderPlan plan_of(const ordinaut::Request& r) {
    ReaderPlan plan{r.param("name"), r.query("group"), r.query("consumer"), {}};
    check_pattern(plan.name);
    if (!plan.group.empty()) check_word("/group", plan.group);
    if (!plan.consumer.empty()) check_word("/consumer", plan.consumer);
    if (!plan.consumer.empty() && plan.group.empty())
        throw ordinaut::HttpError(
            422, "consumer: names a reader of a group; give the group too, or leave it out");
    plan.from_id = start_of(r, plan);
    if (!plan.from_id.empty()) check_event_id("/from_id", plan.from_id);
    return plan;
}

// The same key of another caller is another event.
std::string event_id_of(const ordinaut::Request& r) {
    const auto key = r.header("idempotency-key");
    if (key.size() > kIdempotencyKeyMax)
        throw ordinaut::HttpError(422, "Idempotency-Key: must have at most 128 bytes");
    return key.empty() ? "" : std::string(r.principal()) + ":" + std::string(key);
}

// RFC 3339.
std::string utc(std::chrono::system_clock::time_point at) {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(at);
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    char text[sizeof "2026-03-01T08:00:00Z"];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    return text;
}

void answer_published(ordinaut::Reply reply, const std::string& name,
                      const ordinaut::Answer& answer) {
    using std::chrono_literals::operator""s;
    if (answer.ok()) {
        const auto stored = ordinaut::Json::parse(answer.json);
        return reply.status(202).json({{"id", stored.find("id")->as_string()}, {"name", name}});
    }
    if (answer.status == ORD_E_RETRYABLE)
        return reply.completion().fail(
            ORD_E_RETRYABLE, "nothing was published, try again: " + answer.message, {}, 1s);
    if (answer.status == ORD_E_INVALID)
        return reply.error(400,
                           "the body is JSON that the server does not take: an object that names a "
                           "member twice, text with a NUL, or a number out of range");
    if (answer.status == ORD_E_LIMIT)
        return reply.error(409, "nothing was published: " + answer.message);
    reply.completion().fail(answer.status, answer.message);
}

class EventsDemo : public ordinaut::Extension {
public:
    void setup(ordinaut::Setup& s) override {
        if (const auto* given = s.config().find("heartbeat_ms"))
            limits_.heartbeat = std::chrono::milliseconds(given->as_int());
        if (const auto* given = s.config().find("patience_ms"))
            limits_.patience = std::chrono::milliseconds(given->as_int());
        add_page(s);
        s.route("POST", "/publish/{name}", publish, kPayloadBytesMax);
        s.get("/stream/{name}", [this](ordinaut::Request& r) { stream(r); });
        s.get("/streams", [this](ordinaut::Request& r) { list(r); });
        s.get("/status", [](ordinaut::Request& r) {
            r.json({{"id", ORDINAUT_EXTENSION_ID}, {"version", ORDINAUT_EXTENSION_VERSION}});
        });
    }

    void quiesce() override {
        for (const auto& [number, reader] : readers()) reader->close();
    }

private:
    using Readers = std::map<uint64_t, std::shared_ptr<Reader>>;

    static void add_page(ordinaut::Setup& s) {
        s.get("/", [](ordinaut::Request& r) {
            r.set("Content-Security-Policy", kPolicy).html(kPageHtml);
        });
        s.get("/page.css",
              [](ordinaut::Request& r) { r.send("text/css; charset=utf-8", kPageCss); });
        s.get("/page.js",
              [](ordinaut::Request& r) { r.send("text/javascript; charset=utf-8", kPageJs); });
    }

    static void publish(ordinaut::Request& r) {
        const std::string name = r.param("name");
        check_name(name);
        r.body_json();  // 400 where it is none.
        const std::string event_id = event_id_of(r);
        const ordinaut::Reply reply = r.later();
        r.host().publish(Reader::kNamespace, name, r.body(),
                         [reply, name](const ordinaut::Answer& answer) {
                             answer_published(reply, name, answer);
                         },
                         {&reply.completion(), event_id});
    }

    void stream(ordinaut::Request& r) {
        ReaderPlan plan = plan_of(r);
        std::shared_ptr<Reader> reader;
        {
            const std::lock_guard lock(mutex_);
            const uint64_t number = ++last_number_;
            reader = std::make_shared<Reader>(r.host(), r.later(), std::move(plan), limits_,
                                              [this, number] { forget(number); });
            readers_.emplace(number, reader);
        }
        try {
            reader->open();
        } catch (const ordinaut::CallError& error) {
            reader->close();
            if (error.status != ORD_E_LIMIT) throw;
            throw ordinaut::HttpError(503,
                                      "no further stream can be opened: a process has at most 100, "
                                      "and 1,000 names with 1,000 groups each can be kept");
        }
    }

    void list(ordinaut::Request& r) {
        auto items = ordinaut::Json::array();
        for (const auto& [number, reader] : readers()) {
            items.push({{"name", reader->plan().name},
                        {"group", reader->plan().group},
                        {"consumer", reader->plan().consumer},
                        {"opened_at", utc(reader->opened_at())},
                        {"delivered", reader->delivered()}});
        }
        r.json({{"items", items}});
    }

    Readers readers() {
        const std::lock_guard lock(mutex_);
        return readers_;
    }
    void forget(uint64_t number) {
        const std::lock_guard lock(mutex_);
        readers_.erase(number);
    }

    ReaderLimits limits_;
    std::mutex mutex_;  // Guards what follows.
    Readers readers_;   // Those that are open.
    uint64_t last_number_ = 0;
};

}  // namespace

ORDINAUT_EXTENSION(EventsDemo)
