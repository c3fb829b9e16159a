// What belongs to the process as a whole: its signals, its log, its name.
#pragma once
#include <string>

#include "cli/cli.h"

namespace ordinaut::server {

// SIGINT, SIGTERM and SIGHUP are taken by wait_for_stop() alone; threads made later inherit the
// mask. SIGPIPE is ignored.
void block_signals();
// Returns after SIGINT or SIGTERM.
void wait_for_stop();

void configure_log(const cli::ServerConfig& config);

std::string host_name();
// host-pid-random: unique among all processes of a database.
std::string worker_name();

}  // namespace ordinaut::server
