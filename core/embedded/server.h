// What the keeper must know about a server to run it.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"

namespace ordinaut::embedded {

// Called by the keeper's thread only.
class Server {
public:
    // Runs a program as the server's user to its end and returns its complaint, if it failed.
    using RunTool = std::function<Status(std::vector<std::string> argv)>;

    virtual ~Server() = default;
    virtual const char* name() const = 0;   // Of its lock and log file: "postgres".
    virtual const char* title() const = 0;  // In messages: "PostgreSQL".

    // Before every start, with the server's lock held: makes what is missing, removes what a crash
    // left behind.
    virtual Status prepare(const RunTool& run) = 0;
    virtual std::vector<std::string> command() const = 0;
    // True when it accepts commands. Quick: called often.
    virtual bool ready(int pid) const = 0;
    // Ask it to end in order, without waiting for its clients.
    virtual int stop_signal() const = 0;
};

}  // namespace ordinaut::embedded
