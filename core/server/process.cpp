#include "server/process.h"

#include <signal.h>
#include <unistd.h>

#include "base/id.h"
#include "base/log.h"

namespace ordinaut::server {

using cli::ServerConfig;

void block_signals() {
    sigset_t set;
    sigemptyset(&set);
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&set, number);
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    signal(SIGPIPE, SIG_IGN);
}

void wait_for_stop() {
    sigset_t set;
    sigemptyset(&set);
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&set, number);
    int number = 0;
    do sigwait(&set, &number);
    while (number == SIGHUP);
    log_info("server.stopping", {{"signal", number == SIGINT ? "SIGINT" : "SIGTERM"}});
}

void configure_log(const ServerConfig& config) {
    const bool json =
        config.log_format == "json" || (config.log_format == "auto" && isatty(STDERR_FILENO) == 0);
    const LogLevel level = config.log_level == "debug"   ? LogLevel::kDebug
                           : config.log_level == "warn"  ? LogLevel::kWarn
                           : config.log_level == "error" ? LogLevel::kError
                                                         : LogLevel::kInfo;
    log_configure(level, json ? LogFormat::kJson : LogFormat::kText);
}

std::string host_name() {
    char host[256] = "localhost";
    gethostname(host, sizeof host - 1);
    return host;
}

std::string worker_name() {
    return host_name() + "-" + std::to_string(getpid()) + "-" + random_token(3);
}

}  // namespace ordinaut::server
