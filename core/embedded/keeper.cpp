#include "embedded/keeper.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <csignal>
#include <cstring>

#include "base/check.h"
#include "base/log.h"

namespace ordinaut::embedded {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

constexpr auto kOrphanLimit = 12s;  // For processes of an earlier run to end.
constexpr auto kReadyLimit = 5min;  // Recovery after a crash can take long on a slow disk.
constexpr auto kReadyLook = 5ms;
constexpr auto kStopLimit = 60s;  // For the checkpoint of a fast shutdown; then the hard way.
constexpr auto kBackoffMin = 100ms;
constexpr auto kBackoffMax = 10'000ms;
constexpr auto kStable = 60s;  // A run of this length forgives earlier failures.
constexpr auto kToolLimit = 5min;

}  // namespace

Keeper::Keeper(DataDir dir, std::vector<std::unique_ptr<Server>> servers, ServerReport report)
    : dir_(std::move(dir)),
      report_(std::move(report)),
      stop_fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    CHECK(stop_fd_ >= 0);
    for (auto& server : servers) {
        auto log = std::make_unique<ServerLog>(dir_.log(server->name()));
        kept_.push_back({std::move(server), std::move(log), {}, {}, {}, 0});
    }
}

Keeper::~Keeper() {
    stop();
    close(stop_fd_);
}

Status Keeper::start() {
    std::promise<Status> started;
    auto outcome = started.get_future();
    thread_ =
        std::thread([this, promise = std::move(started)]() mutable { run(std::move(promise)); });
    return outcome.get();
}

void Keeper::stop() {
    const uint64_t one = 1;
    [[maybe_unused]] const auto written = write(stop_fd_, &one, sizeof one);
    if (thread_.joinable()) thread_.join();
}

void Keeper::run(std::promise<Status> started) {
    for (auto& kept : kept_) {
        if (auto status = start_server(kept); !status.ok()) {
            stop_servers();
            started.set_value(std::move(status));
            return;
        }
    }
    started.set_value(ok());
    while (!stopping_) {
        poll_all(until_restart());
        for (auto& kept : kept_)
            if (!stopping_) look_after(kept);
    }
    stop_servers();
}

Status Keeper::start_server(Kept& kept) {
    Server& server = *kept.server;
    kept.child.reset();
    kept.log->forget();
    auto lock = TRY(ServerLock::take(dir_.lock(server.name()), server.stop_signal(), kOrphanLimit));
    TRY(server.prepare(
        [&](std::vector<std::string> argv) { return run_tool(kept, lock, std::move(argv)); }));
    kept.log->forget();
    kept.child.emplace(TRY(Child::spawn(
        {server.command(), dir_.account(), lock.fd(), server.stop_signal()}, *kept.log)));
    lock.record(kept.child->pid());
    kept.started_at = steady_clock::now();
    TRY(wait_ready(kept));
    log_info("embedded.started", {{"server", server.title()}, {"pid", kept.child->pid()}});
    return ok();
}

Status Keeper::wait_ready(Kept& kept) {
    const std::string title = kept.server->title();
    const auto deadline = steady_clock::now() + kReadyLimit;
    for (;;) {
        poll_all(kReadyLook);
        if (!kept.child->running()) {
            return unavailable(fmt::format("{} did not start: {} (log: {})", title,
                                           kept.log->last_words(kept.child->exit_text()),
                                           kept.log->path()));
        }
        if (kept.server->ready(kept.child->pid())) return ok();
        if (stopping_) return unavailable(fmt::format("{} was stopped before it was ready", title));
        if (steady_clock::now() > deadline) {
            return unavailable(fmt::format("{} was not ready after {} s (log: {})", title,
                                           std::chrono::seconds(kReadyLimit).count(),
                                           kept.log->path()));
        }
    }
}

Status Keeper::run_tool(Kept& kept, const ServerLock& lock, std::vector<std::string> argv) {
    const std::string program = argv.front();
    auto tool = TRY(Child::spawn({std::move(argv), dir_.account(), lock.fd(), SIGKILL}, *kept.log));
    if (!tool.wait(kToolLimit)) return unavailable(fmt::format("{} did not end in time", program));
    if (tool.succeeded()) return ok();
    return unavailable(fmt::format("{} failed: {} (log: {})", program,
                                   kept.log->last_words(tool.exit_text()), kept.log->path()));
}

// Notices an end, and starts the server again when its time has come.
void Keeper::look_after(Kept& kept) {
    const auto now = steady_clock::now();
    const auto back_off = [&kept] {
        const auto wait = kBackoffMin * (1 << std::min(kept.failures, 7));
        ++kept.failures;
        kept.restart_at =
            steady_clock::now() + std::min<std::chrono::milliseconds>(wait, kBackoffMax);
    };
    if (!kept.restart_at) {
        if (kept.child->running()) return;
        if (now - kept.started_at > kStable) kept.failures = 0;
        log_error("embedded.ended", {{"server", kept.server->title()},
                                     {"how", kept.child->exit_text()},
                                     {"complaint", kept.log->complaint()},
                                     {"log", kept.log->path()}});
        if (report_) report_(kept.server->title(), kept.child->exit_text());
        back_off();
        return;
    }
    if (now < *kept.restart_at) return;
    if (const auto status = start_server(kept); !status.ok()) {
        if (stopping_) return;
        log_error("embedded.restart_failed",
                  {{"server", kept.server->title()}, {"error", status.error().message}});
        back_off();
        return;
    }
    kept.restart_at.reset();
    if (report_) report_(kept.server->title(), "");
}

void Keeper::stop_servers() {
    for (auto& kept : kept_) {
        if (!kept.child) continue;
        kept.child->signal(kept.server->stop_signal());
        if (!kept.child->wait(kStopLimit)) {
            log_error("embedded.stop_slow",
                      {{"server", kept.server->title()}, {"pid", kept.child->pid()}});
            kept.child->signal(SIGQUIT);
            kept.child->wait(5s);
        }
        kept.child.reset();
    }
}

// Waits until a server wrote something or ended, stop() was called, or `limit` has passed.
void Keeper::poll_all(std::chrono::milliseconds limit) {
    std::vector<pollfd> fds = {{stop_fd_, POLLIN, 0}};
    for (const auto& kept : kept_) {
        if (!kept.child) continue;
        if (kept.child->running()) fds.push_back({kept.child->exit_fd(), POLLIN, 0});
        // Processes it left behind may keep writing after its end; they are not waited for.
        if (kept.child->running()) fds.push_back({kept.child->output_fd(), POLLIN, 0});
    }
    poll(fds.data(), fds.size(), static_cast<int>(limit.count()));
    if (fds[0].revents != 0) stopping_ = true;
    for (auto& kept : kept_)
        if (kept.child) kept.child->pump();
}

std::chrono::milliseconds Keeper::until_restart() const {
    auto limit = std::chrono::milliseconds(60'000);
    for (const auto& kept : kept_) {
        if (!kept.restart_at) continue;
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(*kept.restart_at - steady_clock::now());
        limit = std::clamp<std::chrono::milliseconds>(left, 0ms, limit);
    }
    return limit;
}

}  // namespace ordinaut::embedded
