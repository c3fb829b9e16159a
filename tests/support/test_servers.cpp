#include "tests/support/test_servers.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <mutex>
#include <pqxx/pqxx>
#include <set>

#include "base/check.h"
#include "embedded/embedded_servers.h"
#include "tests/support/temp_dir.h"

namespace ordinaut::testing {

using embedded::EmbeddedServers;

struct TestServers::State {
    TempDir dir;
    std::unique_ptr<EmbeddedServers> servers;
    std::mutex mutex;
    std::set<std::string> templates;
    int databases = 0;

    std::string url_of(const std::string& database) const {
        std::string url = servers->database_url();
        const std::string standard = "///postgres?";
        return url.replace(url.find(standard), standard.size(), "///" + database + "?");
    }

    void create(const std::string& database, const std::string& original) const {
        pqxx::connection connection(servers->database_url());
        pqxx::nontransaction work(connection);
        work.exec("CREATE DATABASE " + work.quote_name(database) + " TEMPLATE " +
                  work.quote_name(original));
    }

    // The pid on the first line of `file` in the data directory.
    void crash(const std::string& file) const {
        std::ifstream stream(dir / file);
        pid_t pid = -1;
        stream >> pid;
        CHECK(pid > 1 && kill(pid, SIGKILL) == 0);
    }
};

TestServers& TestServers::instance() {
    static TestServers servers;
    return servers;
}

TestServers::TestServers() : state_(std::make_unique<State>()) {
    auto started = EmbeddedServers::start({.data_dir = state_->dir / "data", .durable = false});
    if (!started.ok()) std::fprintf(stderr, "test servers: %s\n", started.error().message.c_str());
    CHECK(started.ok());
    state_->servers = std::move(*started);
}

TestServers::~TestServers() = default;

std::string TestServers::new_database() {
    const std::lock_guard lock(state_->mutex);
    const std::string name = "test_" + std::to_string(++state_->databases);
    state_->create(name, "template0");
    return state_->url_of(name);
}

std::string TestServers::copy_of(const std::string& name,
                                 const std::function<void(const std::string& url)>& prepare) {
    const std::lock_guard lock(state_->mutex);
    const std::string original = "original_" + name;
    if (state_->templates.count(name) == 0) {
        state_->create(original, "template0");
        prepare(state_->url_of(original));
        state_->templates.insert(name);
    }
    const std::string copy = "test_" + std::to_string(++state_->databases);
    state_->create(copy, original);
    return state_->url_of(copy);
}

const std::string& TestServers::redis_url() const { return state_->servers->redis_url(); }

void TestServers::clear_redis() {
    const std::string path = redis_url().substr(std::strlen("unix://"));
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    char answer[5] = {};
    CHECK(connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    CHECK(send(fd, "FLUSHALL\r\n", 10, MSG_NOSIGNAL) == 10);
    CHECK(recv(fd, answer, sizeof answer, MSG_WAITALL) == 5 &&
          std::memcmp(answer, "+OK\r\n", 5) == 0);
    close(fd);
}

void TestServers::crash_postgres() { state_->crash("data/postgres.lock"); }
void TestServers::crash_redis() { state_->crash("data/redis.lock"); }

}  // namespace ordinaut::testing
