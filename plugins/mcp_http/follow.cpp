#include "follow.h"

#include <atomic>
#include <map>

#include "resources.h"

namespace mcp_http {
namespace {

constexpr std::chrono::milliseconds kLookAgain{1000};

// Is told of changes by the server. Where the server does not tell (whoever asks may not see runs)
// it looks for itself, at one resource after the other, and then again. Of tools nobody tells.
// After begin() all of it is on the thread of the host's answers.
struct Follower : std::enable_shared_from_this<Follower> {
    ordinaut::Host host;
    ordinaut::Reply reply;
    Following following;
    std::atomic<bool> looking{false};
    std::map<std::string, std::string> seen;  // By resource, as it was.
    std::vector<std::string> to_look;
    std::string tools;

    Follower(ordinaut::Host h, const ordinaut::Reply& r, Following f)
        : host(h), reply(r), following(std::move(f)) {}

    void begin() {
        const auto self = shared_from_this();
        host.watch(
            &reply.completion(), "",
            [self](std::string_view change) { self->told(Json::parse(change)); },
            [self](const ordinaut::Answer&) { self->looking = true; });
        tick_in(std::chrono::milliseconds(0));
    }

    void told(const Json& change) {
        const auto wanted = following.wanted();
        const Json* type = change.find("type");
        if (type != nullptr && type->is_string() && type->as_string() == "resync") {
            for (const std::string& uri : wanted) following.changed(uri);
            return;
        }
        for (const bool is_run : {false, true}) {
            const Json* id = change.find(is_run ? "run_id" : "task_id");
            if (id == nullptr || !id->is_string()) continue;
            const std::string uri = uri_of(is_run, id->as_string());
            if (wanted.count(uri) != 0) following.changed(uri);
        }
    }

    void tick_in(std::chrono::milliseconds delay) {
        host.after(delay, [self = shared_from_this()](const ordinaut::Answer& timer) {
            if (timer.ok()) self->tick();
        });
    }

    void tick() {
        if (reply.canceled()) return;
        if (following.tools_changed) look_at_tools();
        if (looking) {
            const auto wanted = following.wanted();
            for (auto at = seen.begin(); at != seen.end();)
                at = wanted.count(at->first) == 0 ? seen.erase(at) : std::next(at);
            to_look.assign(wanted.begin(), wanted.end());
        }
        next();
    }

    void look_at_tools() {
        std::string now = host.tools();
        if (!tools.empty() && tools != now) following.tools_changed();
        tools = std::move(now);
    }

    void next() {
        if (to_look.empty()) return tick_in(kLookAgain);
        const auto self = shared_from_this();
        const std::string uri = std::move(to_look.back());
        to_look.pop_back();
        const auto name = resource_named(uri);
        if (!name) return next();
        const Json input{{name->is_run ? "run_id" : "task_id", name->id}};
        host.core(&reply.completion(), name->is_run ? "runs.get" : "tasks.get", input.text(),
                  [self, uri](const ordinaut::Answer& answer) {
                      if (answer.status == ORD_E_HANDLE || self->reply.canceled()) return;
                      // Not being told is no change.
                      if (!answer.ok() && answer.status != ORD_E_NOT_FOUND) return self->next();
                      const auto [before, first] = self->seen.try_emplace(uri, answer.json);
                      if (!first && before->second != answer.json) {
                          before->second = answer.json;
                          self->following.changed(uri);
                      }
                      self->next();
                  });
    }
};

}  // namespace

void follow(ordinaut::Host host, const ordinaut::Reply& reply, Following following) {
    std::make_shared<Follower>(host, reply, std::move(following))->begin();
}

}  // namespace mcp_http
