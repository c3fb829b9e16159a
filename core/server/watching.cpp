#include "server/watching.h"

#include "auth/scope.h"

namespace ordinaut::server {
namespace {

constexpr std::string_view kScope = "runs:read";

Error denied() {
    Error error{ErrorCode::kDenied,
                "watching needs the scope 'runs:read', which "
                "whoever the extension acts for does not have"};
    error.missing_scope = kScope;
    return error;
}

// What this identity may see; kDenied.
Result<store::OwnerFilter> sight_of(const std::optional<ext::CallerIdentity>& identity) {
    if (!identity) return denied();
    const auto scopes = auth::expand_roles(identity->scopes);
    if (!auth::allows(scopes, kScope)) return denied();
    if (auth::allows(scopes, "admin")) return store::OwnerFilter{};
    return store::OwnerFilter{identity->principal};
}

class WatchingExtension final : public live::Subscriber {
public:
    WatchingExtension(ext::Identify identify, store::OwnerFilter sight, ext::WatchSink sink)
        : identify_(std::move(identify)), sight_(std::move(sight)), sink_(std::move(sink)) {}

    live::Took joined(const store::ChangePosition&) override { return live::Took::kYes; }
    live::Took take(const std::vector<const live::Event*>& events, const store::ChangePosition&,
                    bool) override {
        for (const live::Event* event : events) sink_.change(event->json);
        return live::Took::kYes;
    }
    live::Took resync(const store::ChangePosition&, std::string_view reason) override {
        sink_.change(live::resync_json(reason));
        return live::Took::kYes;
    }
    live::Took beat(const store::ChangePosition&) override { return live::Took::kYes; }
    bool may_go_on() override {
        const auto sight = sight_of(identify_());
        return sight.ok() && *sight == sight_;
    }
    void refused() override { sink_.ended(denied()); }
    void left() override { sink_.ended(unavailable("the server has no changes to tell now")); }

private:
    const ext::Identify identify_;
    const store::OwnerFilter sight_;
    const ext::WatchSink sink_;
};

}  // namespace

ext::Watcher watcher(live::Feed& feed, store::ChangeStore& changes) {
    return [&feed, &changes](ext::Identify identify, std::string_view filter_json,
                             ext::WatchSink sink) -> Result<std::function<void()>> {
        auto sight = TRY(sight_of(identify()));
        live::Filter filter = TRY(live::filter_of_watch(filter_json));
        filter.owner = sight;
        const auto bounds = TRY(changes.bounds());
        const uint64_t ticket = feed.new_ticket();
        TRY(feed.join(ticket, {.filter = std::move(filter),
                               .after = text_of(bounds.newest),
                               .subscriber = std::make_shared<WatchingExtension>(
                                   std::move(identify), std::move(sight), std::move(sink))}));
        return std::function<void()>([&feed, ticket] { feed.leave(ticket); });
    };
}

}  // namespace ordinaut::server
