// The real program, started for a test: `ordinaut up` on a directory of its own, or `ordinaut
// serve` on the test servers.
#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/json.h"
#include "tests/support/http_client.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace ordinaut::testing {

// `ordinaut up --port 0`, ready. Aborts the test program, with its output, when it does not get
// ready.
class Host {
public:
    explicit Host(std::vector<std::string> arguments = {}, std::string data_dir = "");

    const std::string& url() const { return url_; }
    const std::string& token() const { return token_; }
    const std::string& data_dir() const { return data_dir_; }
    Process& process() { return *process_; }

    std::unique_ptr<HttpClient> client() const;  // With the admin's token.
    Outcome cli(std::vector<std::string> arguments, const std::string& stdin_text = {}) const;

    void kill();   // kill -9 of the server's whole group.
    void start();  // Again, on the same data.
    int stop();    // SIGTERM; the exit code.

private:
    std::vector<std::string> arguments_;
    std::unique_ptr<TempDir> dir_;
    std::string data_dir_;
    std::string url_;
    std::string token_;
    std::unique_ptr<Process> process_;
};

// One database, migrated, and `ordinaut serve` processes on it.
class Cluster {
public:
    Cluster();

    // Starts a process and waits until it is ready. The first must have the role api: it shows the
    // admin's secret.
    Process& serve(const std::string& roles, std::vector<std::string> arguments = {});
    std::unique_ptr<HttpClient> client() const { return client(url_); }  // Of the first.
    std::unique_ptr<HttpClient> client(const std::string& url) const;
    const std::string& last_url() const { return last_url_; }  // Of the process started last.
    Outcome run(std::vector<std::string> arguments) const;     // `ordinaut …` on the database.
    const std::string& url() const { return url_; }            // Of the first.
    const std::string& token() const { return token_; }        // The admin's.
    const std::string& database_url() const { return database_url_; }

private:
    std::string database_url_;
    std::string url_, last_url_;
    std::string token_;
    std::vector<std::unique_ptr<Process>> processes_;
};

// An agent that logged in.
struct AgentLogin {
    std::string id, token;
    std::unique_ptr<HttpClient> client;  // With the token.
};
// Made by `admin`; `scopes` is a JSON array.
AgentLogin log_in_new_agent(HttpClient& admin, const std::string& url, const std::string& name,
                            const std::string& scopes);

// The body of an answer that must have `status`; fails the test otherwise.
Json body_of(const HttpAnswer& answer, int status);

// A task of one step; `more` is further members (",\"priority\":3") or empty.
std::string task_json(
    const std::string& uses, const std::string& with, const std::string& more = "",
    const std::string& when = R"("schedule_kind":"cron","schedule_expr":"0 0 1 1 *")");

// Asks until `done` says so or `limit` passed; false then.
bool eventually(std::chrono::milliseconds limit, const std::function<bool()>& done);

// The run when it has ended (or as it was when 30 s passed).
Json wait_for_run(HttpClient& http, const std::string& id);

// The id of a run of the task, started now.
std::string run_now(HttpClient& http, const std::string& task_id);
std::string create_task(HttpClient& http, const std::string& body);

}  // namespace ordinaut::testing
