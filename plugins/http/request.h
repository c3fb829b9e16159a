// One HTTP request: from a tool's arguments to curl's options, and from curl's outcome to an
// answer.
#pragma once
#include <curl/curl.h>

#include <memory>
#include <ordinaut/ordinaut.hpp>

namespace http_extension {

struct Settings {
    bool private_addresses = true;
    long connections_max = 200;
};

// Used by one thread at a time.
class Request {
public:
    // Throws CallError for arguments that cannot be sent.
    Request(ordinaut::ToolCall& call, const Settings& settings);
    ~Request();
    Request(const Request&) = delete;
    Request& operator=(const Request&) = delete;

    CURL* handle() const { return easy_; }
    const ordinaut::Completion& call() const { return call_; }
    // Answers the call after the transfer ended with `code`.
    void finish(CURLcode code);

private:
    void set_target(ordinaut::ToolCall& call);
    void set_body(ordinaut::ToolCall& call);
    void set_headers(ordinaut::ToolCall& call, bool json);
    void set_limits(ordinaut::ToolCall& call, const Settings& settings);
    void fail_transfer(CURLcode code);
    bool fail_status(long status);
    ordinaut::Json answer(long status) const;
    std::string header(const std::string& name) const;

    static size_t on_body(char* bytes, size_t size, size_t count, void* self);
    static size_t on_header(char* bytes, size_t size, size_t count, void* self);
    static curl_socket_t on_socket(void* self, curlsocktype purpose, curl_sockaddr* address);

    ordinaut::Completion call_;
    CURL* easy_;
    curl_slist* header_list_ = nullptr;
    std::string method_, url_, request_body_, response_body_;
    // Of the last response; names in lower case.
    std::vector<std::pair<std::string, std::string>> headers_;
    size_t bytes_max_ = 0;
    bool fail_on_status_ = true, guard_ = false, refused_address_ = false, too_large_ = false;
    char error_[CURL_ERROR_SIZE] = {};
};

}  // namespace http_extension
