#include "ext_check/child.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>

#include "base/check.h"
#include "base/json.h"

namespace ordinaut::ext_check {
namespace {

using std::chrono::steady_clock;
constexpr int kDone = 0;
constexpr const char* kDebugHint = "run it in a debugger, or built with -fsanitize=address";

void write_all(int fd, const std::string& text) {
    for (size_t done = 0; done < text.size();) {
        const ssize_t n = write(fd, text.data() + done, text.size() - done);
        if (n <= 0) return;
        done += static_cast<size_t>(n);
    }
}

[[noreturn]] void be_child(int fd, const std::string& name,
                           const std::function<void(Reporter&)>& body) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    const rlimit no_core{0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    for (const int number : {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGPIPE})
        signal(number, SIG_DFL);
    dup2(STDERR_FILENO, STDOUT_FILENO);  // What the extension prints is not our report.
    Reporter reporter(fd, name);
    try {
        body(reporter);
    } catch (const std::exception& error) {
        reporter.error(std::string("an exception crossed the boundary: ") + error.what(),
                       "catch it in the extension; ordinaut.hpp does so");
    } catch (...) {
        reporter.error("an exception that is no std::exception crossed the boundary",
                       "catch it in the extension; ordinaut.hpp does so");
    }
    write_all(fd, "done\n");
    _exit(kDone);
}

struct Progress {
    std::string stage = "loading";
    bool done = false;
};

// "@stage", "done", or a finding.
void take_line(const std::string& line, Part& part, Progress& progress) {
    if (line == "done") progress.done = true;
    if (line.rfind('@', 0) == 0) progress.stage = line.substr(1);
    if (line.rfind('{', 0) != 0) return;
    const auto json = parse_json(line);
    if (!json.ok()) return;
    const auto number = find(*json, "severity")->GetInt();
    part.findings.push_back({static_cast<Severity>(number), part.name,
                             std::string(string_or(*json, "message", "")),
                             std::string(string_or(*json, "hint", ""))});
}

// Reads until the pipe ends; false when `deadline` came first.
bool read_lines(int fd, steady_clock::time_point deadline, Part& part, Progress& progress) {
    std::string pending;
    for (;;) {
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(deadline - steady_clock::now())
                .count();
        if (left <= 0) return false;
        pollfd wait{fd, POLLIN, 0};
        if (poll(&wait, 1, static_cast<int>(left)) <= 0) continue;
        char buffer[4096];
        const ssize_t n = read(fd, buffer, sizeof buffer);
        if (n <= 0) return true;
        pending.append(buffer, static_cast<size_t>(n));
        for (size_t end = pending.find('\n'); end != std::string::npos; end = pending.find('\n')) {
            take_line(pending.substr(0, end), part, progress);
            pending.erase(0, end + 1);
        }
        if (progress.done) return true;
    }
}

void explain_end(int status, const Progress& progress, Part& part) {
    const auto add = [&](const std::string& what, const std::string& hint) {
        part.findings.push_back(
            {Severity::kError, part.name, what + " in " + progress.stage, hint});
    };
    if (WIFSIGNALED(status))
        add(std::string("crashed (SIG") + sigabbrev_np(WTERMSIG(status)) + ")", kDebugHint);
    else if (!progress.done)
        add("ended the whole process with exit code " + std::to_string(WEXITSTATUS(status)),
            "never call exit() or abort() in an extension; return an error");
}

}  // namespace

void Reporter::say(Severity severity, const std::string& message, const std::string& hint) {
    JsonWriter writer;
    writer.begin_object().key("severity").number(static_cast<int64_t>(severity));
    write_all(fd_, writer.field("message", message).field("hint", hint).end_object().take() + "\n");
}
void Reporter::entering(const std::string& what) {
    std::string line = "@" + what.substr(0, 300);
    for (char& c : line)
        if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7f) c = '?';
    write_all(fd_, line + "\n");
}

void run_part(Part& part, std::chrono::seconds limit, const std::function<void(Reporter&)>& body) {
    int ends[2];
    CHECK(pipe2(ends, O_CLOEXEC) == 0);
    const auto begun = steady_clock::now();
    const pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        close(ends[0]);
        be_child(ends[1], part.name, body);
    }
    close(ends[1]);
    Progress progress;
    const bool in_time = read_lines(ends[0], begun + limit, part, progress);
    if (!in_time) kill(pid, SIGKILL);
    close(ends[0]);
    int status = 0;
    waitpid(pid, &status, 0);
    if (in_time)
        explain_end(status, progress, part);
    else
        part.findings.push_back({Severity::kError, part.name,
                                 "did not come back within " + std::to_string(limit.count()) +
                                     " s from " + progress.stage,
                                 "an upcall must return soon; long work belongs on a thread of the "
                                 "extension's own, or in a background task"});
    part.seconds = std::chrono::duration<double>(steady_clock::now() - begun).count();
    part.ran = true;
}

}  // namespace ordinaut::ext_check
