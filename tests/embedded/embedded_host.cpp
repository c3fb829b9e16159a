// A program for the tests: starts the embedded servers on the directory argv[1], says so, and stops
// them on SIGTERM or SIGINT. Exit code 5 with the sentence on standard error when they cannot be
// started.
#include <pthread.h>

#include <csignal>
#include <cstdio>

#include "base/log.h"
#include "embedded/embedded_servers.h"

int main(int argc, char** argv) {
    if (argc < 2) return 2;
    ordinaut::log_configure(ordinaut::LogLevel::kWarn, ordinaut::LogFormat::kText);
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    pthread_sigmask(SIG_BLOCK, &ends, nullptr);
    auto servers = ordinaut::embedded::EmbeddedServers::start({.data_dir = argv[1]});
    if (!servers.ok()) {
        std::fprintf(stderr, "%s\n", servers.error().message.c_str());
        return 5;
    }
    std::printf("database %s\nredis %s\nservers are up\n", (*servers)->database_url().c_str(),
                (*servers)->redis_url().c_str());
    std::fflush(stdout);
    int number = 0;
    sigwait(&ends, &number);
    (*servers)->stop();
    std::printf("stopped\n");
    return 0;
}
