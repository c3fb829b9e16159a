// Keeps the host of this process in step with what operators decide, in whichever process they
// decide it, and answers for it to operations.
//
// A decision is written to the database first (with its audit row), done here at once, and done in
// every other process when the database tells of it. The host never waits for the database: what
// cannot be read now is read later.
#pragma once
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "ext/host.h"
#include "operations/extension_admin.h"
#include "store/stores.h"

namespace ordinaut::ext {

// Thread-safe.
class Steward final : public operations::ExtensionAdmin {
public:
    // `stores`, `clock` and `streams` outlive it. `process` names this process in events. Null
    // `streams`: there are none.
    Steward(store::Stores stores, const Clock& clock, std::string process,
            events::EventStreams* streams = nullptr);
    ~Steward() override;  // As stop().

    // For HostOptions: what was decided so far.
    Result<std::map<std::string, Standing>> standings();
    // From now on `host` follows decisions, until stop(). Once, after standings().
    void follow(Host& host);
    void stop();

    // Seams of the host.
    std::optional<CallerIdentity> own_identity(std::string_view extension_id);
    void changed(StateChange change);

    std::vector<std::string> list_json() override;
    Result<std::string> info_json(std::string_view id) override;
    Result<std::string> logs_json(std::string_view id, int limit) override;
    Result<std::string> events_json(std::string_view id) override;
    std::vector<operations::ExtensionComplaint> complaints() override;
    Status load(std::string_view id, const store::Actor& actor) override;
    Status reload(std::string_view id, const store::Actor& actor) override;
    Status set_enabled(std::string_view id, bool enabled, const store::Actor& actor) override;
    Status may_have(std::string_view id, const std::vector<std::string>& capabilities) override;
    Status change_grants(std::string_view id, operations::GrantChange change,
                         const std::vector<std::string>& capabilities,
                         const store::Actor& actor) override;
    Status configure(std::string_view id, std::string_view config_json,
                     const store::Actor& actor) override;
    void identity_changed() override;

private:
    struct Identity {
        std::optional<CallerIdentity> value;
        MonoTime read_at{};
    };
    void run();
    void catch_up();
    void publish(const StateChange& change);
    std::string with_identity(const ExtensionInfo& info);
    Result<std::vector<store::ExtensionDecision>> read();

    store::Stores stores_;
    const Clock& clock_;
    const std::string process_;
    events::EventStreams* const streams_;
    Host* host_ = nullptr;  // Set once, by follow().
    std::shared_ptr<void> listening_;

    std::mutex deciding_;  // One decision at a time, and one catching up.
    // Guarded by `deciding_`: those this process has done.
    std::map<std::string, int64_t, std::less<>> reloads_;

    std::mutex mutex_;  // Guards what follows.
    std::condition_variable wake_;
    bool stopping_ = false, dirty_ = false;
    std::deque<StateChange> changes_;  // To be published.
    std::map<std::string, Identity, std::less<>> identities_;
    std::vector<HealthReport> health_;
    MonoTime health_at_{};
    std::thread thread_;
};

}  // namespace ordinaut::ext
