// What the tests of routes ask: one route per idea, written with the C++ wrapper.
#define ORDINAUT_MAX_CONCURRENCY 2
#include <ordinaut/ordinaut.hpp>

#include <condition_variable>
#include <thread>

namespace {

using ordinaut::Json;
using ordinaut::Reply;
using ordinaut::Request;
using ordinaut::Stream;

// Something that happens, and requests that are answered when it has.
class Happening {
public:
    void happens() {
        std::vector<Reply> waiting;
        {
            const std::lock_guard lock(mutex_);
            ++count_;
            waiting.swap(waiting_);
        }
        for (const auto& reply : waiting) reply.text("it happened");
    }
    void answer_when_happened(Reply reply) {
        {
            const std::lock_guard lock(mutex_);
            if (count_ == 0) return waiting_.push_back(std::move(reply));
        }
        reply.text("it happened");
    }

private:
    std::mutex mutex_;
    int count_ = 0;
    std::vector<Reply> waiting_;
};

// Writes `left` bytes as fast as the client takes them.
struct Flood : std::enable_shared_from_this<Flood> {
    Flood(Stream s, size_t bytes) : stream(std::move(s)), left(bytes) {}
    void pump() {
        static const std::string piece(64 << 10, 'x');
        while (left > 0) {
            const auto now = std::min(left, piece.size());
            const auto written = stream.write(std::string_view(piece).substr(0, now),
                                              [self = shared_from_this()] { self->pump(); });
            if (written == ordinaut::Written::kGone) return;
            if (written == ordinaut::Written::kFull) {
                ++fulls;
                return;
            }
            left -= now;
        }
        stream.write("fulls=" + std::to_string(fulls));
        stream.end();
    }
    const Stream stream;
    size_t left;
    int fulls = 0;
};

struct Web : ordinaut::Extension {
    void setup(ordinaut::Setup& s) override {
        s.get("/hello", [](Request& r) {
            return r.json({{"message", "Hello from my extension!"}});
        });
        s.get("/open", [](Request& r) { r.text(r.principal().empty() ? "nobody" : "somebody"); });
        s.get("/items/{id}", [](Request& r) {
            r.json({{"id", r.param("id")},
                    {"q", r.query("q", "none")},
                    {"all", r.query_all("q").size()}});
        });
        s.get("/items/first", [](Request& r) { r.text("literal"); });
        s.post("/items", [](Request& r) {
            r.status(201).set("Location", "/ext/web/items/7").json(r.body_json());
        });
        s.put("/items/{id}",
              [](Request& r) { r.text("put " + r.param("id") + " " + std::string(r.body())); });
        s.patch("/items/{id}", [](Request& r) { r.text("patch " + r.param("id")); });
        s.del("/items/{id}", [](Request& r) { r.no_content(); });
        s.any("/any/{*}", [](Request& r) { r.text(std::string(r.method()) + " " + r.param("*")); });
        s.get("/files/{*}", [](Request& r) { r.text(r.param("*") + "|" + std::string(r.path())); });
        s.get("/who", [](Request& r) {
            r.json({{"principal", r.principal()},
                    {"scopes", std::string(ordinaut::to_view(r.context().scopes_json))}});
        });
        s.get("/headers", [](Request& r) {
            r.json({{"x-test", r.header("x-test")},
                    {"authorization", r.header("authorization")},
                    {"cookie", r.header("cookie")},
                    {"x-request-id", r.header("x-request-id")}});
        });
        s.route(
            "POST", "/small", [](Request& r) { r.text("small enough"); }, 10);
        errors(s);
        answers(s);
    }
    void errors(ordinaut::Setup& s) {
        s.get("/throw", [](Request&) { throw std::runtime_error("a secret reason"); });
        s.get("/throw_int", [](Request&) { throw 7; });
        s.get("/forget", [](Request&) {});
        s.get("/drop", [](Request& r) { r.later(); });
        s.get("/error", [](Request& r) {
            r.error(418, "a teapot",
                    Json::array({Json{{"pointer", "/pot"}, {"message", "is small"}}}));
        });
        s.get("/invalid", [](Request&) { throw ordinaut::invalid_input("/n", "must be odd"); });
        s.get("/injected", [](Request& r) { r.set("X-Bad", "a\r\nb: c").text("never"); });
    }
    void answers(ordinaut::Setup& s) {
        s.get("/redirect", [](Request& r) { r.redirect("/ext/web/hello", 307); });
        s.get("/html", [](Request& r) { r.html("<p>hello"); });
        s.get("/later", [this](Request& r) {
            threads_.emplace_back([reply = r.later()] { reply.json({{"from", "a thread"}}); });
        });
        s.get("/mine", [](Request& r) {  // The core, asked on behalf of whoever asks here.
            const auto reply = r.later();
            r.host().core(&reply.completion(), "tasks.list", "{}",
                          [reply](const ordinaut::Answer& answer) {
                              if (answer.ok())
                                  reply.json_text(answer.json);
                              else
                                  reply.completion().fail(answer.status, answer.message);
                          });
        });
        s.get("/events", [](Request& r) {
            const auto stream = r.stream();
            stream.event("first", "one\ntwo", "1");
            stream.comment("still here");
            stream.event("", "last");
            stream.end();
        });
        s.get("/cut", [](Request& r) { r.stream("text/plain").write("half of it"); });
        s.get("/flood", [](Request& r) {
            std::make_shared<Flood>(r.stream("application/octet-stream"),
                                    std::stoul(r.query("bytes")))
                ->pump();
        });
        s.get("/waiting", [this](Request& r) {
            threads_.emplace_back([stream = r.stream("text/plain")] {
                const std::string piece(256 << 10, 'y');
                for (int n = 0; n < 16; ++n)
                    if (!stream.write_waiting(piece)) return;
                stream.end();
            });
        });
        s.get("/endless", [this](Request& r) {
            const auto stream = r.stream();
            stream.event("open", "1");
            stream.on_gone([this] { gone_.happens(); });
            kept_streams_.push_back(stream);
        });
        s.get("/hang", [this](Request& r) {
            const auto reply = r.later();
            reply.on_cancel([this, reply] {
                canceled_.happens();
                reply.text("too late");
            });
            kept_.push_back(reply);
            hanging_.happens();
        });
        s.get("/until_hanging", [this](Request& r) { hanging_.answer_when_happened(r.later()); });
        s.get("/until_canceled", [this](Request& r) { canceled_.answer_when_happened(r.later()); });
        s.get("/until_gone", [this](Request& r) { gone_.answer_when_happened(r.later()); });
        s.get("/pair", [this](Request& r) { r.text(std::to_string(meet())); });
        s.get("/slow", [](Request& r) {
            r.text(r.context().deadline_ns == 0 ? "no deadline" : "a deadline");
        });
    }
    // Returns when two have met here; the most that were inside at once so far.
    int meet() {
        std::unique_lock lock(mutex_);
        most_ = std::max(most_, ++inside_);
        const int round = met_ / 2;
        if (++met_ % 2 == 0) met_again_.notify_all();
        met_again_.wait(lock, [&] { return met_ / 2 > round; });
        --inside_;
        return most_;
    }
    void stop() override {
        for (auto& thread : threads_) thread.join();
        kept_.clear();
        kept_streams_.clear();
    }

    std::vector<std::thread> threads_;
    Happening canceled_, gone_, hanging_;
    std::vector<Reply> kept_;
    std::vector<Stream> kept_streams_;
    std::mutex mutex_;
    std::condition_variable met_again_;
    int inside_ = 0, most_ = 0, met_ = 0;
};

}  // namespace

ORDINAUT_EXTENSION(Web)
