#include "store/postgres/wakeup.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/check.h"
#include "base/log.h"

namespace ordinaut::store::postgres {
namespace {
using namespace std::chrono_literals;
constexpr auto kPollInterval = 1s;
constexpr auto kProbeInterval = 30s;  // A silent connection is asked whether it still lives.
constexpr std::array kChannels{Channel::kDue, Channel::kRuns, Channel::kControl};

class Receiver final : public pqxx::notification_receiver {
public:
    Receiver(pqxx::connection& link, const std::string& channel, std::function<void()> fire)
        : notification_receiver(link, channel), fire_(std::move(fire)) {}
    void operator()(const std::string&, int) override { fire_(); }

private:
    std::function<void()> fire_;
};
}  // namespace

// Listeners are called under the lock, so that a token's destructor waits for a call in progress.
// Recursive: a listener may drop its own token.
struct PgWakeup::Registry {
    std::recursive_mutex mutex;
    std::map<int, std::pair<Channel, Listener>> listeners;
    int next_id = 0;

    void fire(Channel channel) {
        std::lock_guard lock(mutex);
        for (auto it = listeners.begin(); it != listeners.end();) {
            const auto current = it++;
            if (current->second.first == channel) current->second.second();
        }
    }
};

PgWakeup::PgWakeup(ConnectionOptions options)
    : options_(std::move(options)),
      registry_(std::make_shared<Registry>()),
      stop_event_(eventfd(0, EFD_CLOEXEC)) {
    CHECK(stop_event_ >= 0);
    thread_ = std::thread([this] { work(); });
}

PgWakeup::~PgWakeup() {
    const uint64_t one = 1;
    CHECK(write(stop_event_, &one, sizeof one) == sizeof one);
    thread_.join();
    close(stop_event_);
}

std::shared_ptr<void> PgWakeup::listen(Channel channel, Listener listener) {
    std::lock_guard lock(registry_->mutex);
    const int id = registry_->next_id++;
    registry_->listeners.emplace(id, std::pair(channel, std::move(listener)));
    return {nullptr, [registry = registry_, id](void*) {
                std::lock_guard lock(registry->mutex);
                registry->listeners.erase(id);
            }};
}

void PgWakeup::fire_all() {
    for (const Channel channel : kChannels) registry_->fire(channel);
}

bool PgWakeup::wait(int socket, std::chrono::milliseconds timeout) {
    std::array<pollfd, 2> ready{{{stop_event_, POLLIN, 0}, {socket, POLLIN, 0}}};
    const int count = poll(ready.data(), socket < 0 ? 1 : 2, static_cast<int>(timeout.count()));
    return count <= 0 || ready[0].revents == 0;
}

void PgWakeup::work() {
    bool complained = false;
    for (;;) {
        if (!options_.pooled) {
            try {
                const auto link = open_connection(options_);
                if (complained) log_info("store.listen.restored");
                complained = false;
                follow(*link);
                return;
            } catch (...) {
                const Fault fault = current_fault();
                if (!complained) log_warn("store.listen.lost", {{"reason", fault.error.message}});
                complained = true;
            }
        }
        fire_all();
        if (!wait(-1, kPollInterval)) return;
    }
}

void PgWakeup::follow(pqxx::connection& link) {
    std::vector<std::unique_ptr<Receiver>> receivers;
    for (const Channel channel : kChannels)
        receivers.push_back(std::make_unique<Receiver>(
            link, channel_name(channel), [this, channel] { registry_->fire(channel); }));
    fire_all();  // What was sent while nobody listened.
    while (wait(link.sock(), kProbeInterval)) {
        if (link.get_notifs() == 0) pqxx::nontransaction(link).exec("SELECT 1");
    }
}

}  // namespace ordinaut::store::postgres
