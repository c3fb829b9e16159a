#include "follow.h"

#include <map>

#include "resources.h"

namespace mcp_http {
namespace {

constexpr std::chrono::milliseconds kLookAgain{1000};

// Looks at what is followed, one after the other, and then again.
struct Follower : std::enable_shared_from_this<Follower> {
    ordinaut::Host host;
    ordinaut::Reply reply;
    Following following;
    std::map<std::string, std::string> seen;  // By resource, as it was.
    std::vector<std::string> to_look;
    std::string tools;

    Follower(ordinaut::Host h, const ordinaut::Reply& r, Following f)
        : host(h), reply(r), following(std::move(f)) {}

    void begin() {
        if (reply.canceled()) return;
        const auto wanted = following.wanted();
        for (auto at = seen.begin(); at != seen.end();)
            at = wanted.count(at->first) == 0 ? seen.erase(at) : std::next(at);
        to_look.assign(wanted.begin(), wanted.end());
        if (following.tools_changed) look_at_tools();
        next();
    }

    void look_at_tools() {
        std::string now = host.tools();
        if (!tools.empty() && tools != now) following.tools_changed();
        tools = std::move(now);
    }

    void next() {
        const auto self = shared_from_this();
        if (to_look.empty()) {
            host.after(kLookAgain, [self](const ordinaut::Answer& timer) {
                if (timer.ok()) self->begin();
            });
            return;
        }
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
