// Watches changes (ord.core) and shows what came: the types in order, at the end "end <status>
// <message>".
#include <condition_variable>
#include <ordinaut/ordinaut.hpp>

namespace {
struct Watcher : ordinaut::Extension {
    void setup(ordinaut::Setup& s) override {
        // {"filter"?, "own"?}: for the call, which stays open, or for the extension itself.
        s.tool("begin", [this](ordinaut::ToolCall& call) {
            const bool own = call.arg_or<bool>("own", false);
            const auto completion = call.later();
            token_ = call.host().watch(
                own ? nullptr : &completion, call.arg_or<std::string>("filter", ""),
                [this](std::string_view change) {
                    note(ordinaut::Json::parse(change).find("type")->as_string());
                },
                [this](const ordinaut::Answer& a) {
                    note("end " + std::to_string(a.status) + " " + a.message);
                });
            const std::lock_guard lock(mutex_);
            ++begun_;
            changed_.notify_all();
            if (own)
                completion.ok({});
            else
                held_.push_back(completion);
        });
        s.tool("begun", [this](ordinaut::ToolCall& call) {
            const int count = static_cast<int>(call.arg_or<int64_t>("count", 1));
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [&] { return begun_ >= count; });
            return call.ok({});
        });
        s.tool("release", [this](ordinaut::ToolCall& call) {
            std::vector<ordinaut::Completion> held;
            {
                const std::lock_guard lock(mutex_);
                held.swap(held_);
            }
            for (const auto& each : held) each.ok({});
            return call.ok({});
        });
        s.tool("cancel", [this](ordinaut::ToolCall& call) {
            call.host().cancel(token_);
            return call.ok({});
        });
        // The gate that a reader of changes waits at.
        s.tool("gate", [this](ordinaut::ToolCall& call) {
            const std::lock_guard lock(mutex_);
            closed_ = call.arg("state") == "closed";
            changed_.notify_all();
            return call.ok({});
        });
        // {"count"}: what has come, when it is so much, or when the last of it is "until".
        s.tool("seen", [this](ordinaut::ToolCall& call) {
            const auto count = static_cast<size_t>(call.arg_or<int64_t>("count", 0));
            const auto until = call.arg_or<std::string>("until", "");
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [&] {
                return seen_.size() >= count &&
                       (until.empty() || (!seen_.empty() && seen_.back() == until));
            });
            std::string text;
            for (const auto& type : seen_) text += (text.empty() ? "" : ", ") + type;
            return call.ok({{"seen", text}, {"count", static_cast<int64_t>(seen_.size())}});
        });
    }

private:
    void note(const std::string& what) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return !closed_; });
        seen_.push_back(what);
        changed_.notify_all();
    }
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::string> seen_;
    std::vector<ordinaut::Completion> held_;
    std::atomic<ordinaut::Token> token_{0};
    bool closed_ = false;
    int begun_ = 0;
};
}  // namespace
ORDINAUT_EXTENSION(Watcher)
