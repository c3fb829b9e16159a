// HTTP to the server, as the caller that flags, environment or credentials.json name.
#pragma once
#include <chrono>
#include <map>
#include <optional>
#include <string>

#include "base/result.h"
#include "cli/request.h"

namespace ordinaut::cli {

// From <data-dir>/credentials.json, which `ordinaut up` writes.
struct Credentials {
    std::string agent_id;
    std::string agent_secret;
    std::string url;  // The server they are for.
};

// kNotFound: there is no such file. kInvalid: it cannot be read or is not what `up` writes.
Result<Credentials> read_credentials(const std::string& data_dir);

struct ClientOptions {
    std::string server;    // --server; empty = ORDINAUT_URL, else credentials.json's, else
                           // http://127.0.0.1:8080.
    std::string token;     // --token; empty = ORDINAUT_TOKEN, else a log-in with credentials.json.
    std::string data_dir;  // Where credentials.json is.
    std::chrono::seconds timeout{120};
};

struct Response {
    int status = 0;
    std::string body;
};

// One thread. Tokens of a log-in are kept in <data-dir>/token.json (0600) and renewed when the
// server refuses them. The secret goes only to the server it is for.
class Client {
public:
    Client(ClientOptions options, const std::map<std::string, std::string>& environment);
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    // Any answer of the server is a Response, errors too. kUnavailable: nobody answers at that
    // address.
    Result<Response> send(const Request& request);

    // A token for this caller. kUnauthenticated says how to get one.
    Result<std::string> token();

    const std::string& server() const { return server_; }

private:
    Result<Response> exchange(const Request& request, const std::string& token);
    Result<std::string> log_in(const Credentials& credentials);
    std::string kept_token() const;

    ClientOptions options_;
    std::string server_;
    std::string given_token_;
    std::optional<Credentials> credentials_;  // Only when they are for `server_`.
    std::string why_no_credentials_;
    std::string token_;
    void* curl_;
};

}  // namespace ordinaut::cli
