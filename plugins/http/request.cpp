#include "request.h"

#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>

#include "address_guard.h"

namespace http_extension {
namespace {

using ordinaut::Json;

constexpr long kRetryAfterDefault = 30;  // Seconds, for a 429 that does not say.
constexpr size_t kHeaderBytesMax = 256 << 10;

bool is_utf8(std::string_view text) {
    for (size_t n = 0; n < text.size();) {
        const auto byte = [&](size_t at) {
            return at < text.size() ? static_cast<unsigned char>(text[at]) : 0u;
        };
        const unsigned first = byte(n);
        const size_t size = first < 0x80                    ? 1
                            : first >= 0xC2 && first < 0xE0 ? 2
                            : first >= 0xE0 && first < 0xF0 ? 3
                            : first >= 0xF0 && first < 0xF5 ? 4
                                                            : 0;
        if (size == 0 || first == 0) return false;
        for (size_t k = 1; k < size; ++k)
            if ((byte(n + k) & 0xC0) != 0x80) return false;
        if ((first == 0xE0 && byte(n + 1) < 0xA0) || (first == 0xED && byte(n + 1) > 0x9F) ||
            (first == 0xF0 && byte(n + 1) < 0x90) || (first == 0xF4 && byte(n + 1) > 0x8F))
            return false;
        n += size;
    }
    return true;
}

std::string base64(std::string_view bytes) {
    static constexpr char kDigits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (size_t n = 0; n < bytes.size(); n += 3) {
        unsigned group = 0;
        for (size_t k = 0; k < 3; ++k)
            group =
                group << 8 | (n + k < bytes.size() ? static_cast<unsigned char>(bytes[n + k]) : 0u);
        for (size_t k = 0; k < 4; ++k)
            out.push_back(n + k <= bytes.size() ? kDigits[group >> (18 - 6 * k) & 63] : '=');
    }
    return out;
}

// A name or value that would end its line could add headers of its own.
void check_header(const std::string& name, const std::string& value) {
    const bool token = !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) {
        return std::isalnum(c) || std::string_view("!#$%&'*+-.^_`|~").find(static_cast<char>(c)) !=
                                      std::string_view::npos;
    });
    if (!token) throw ordinaut::invalid_input("/headers", "'" + name + "' is not a header's name");
    if (std::any_of(value.begin(), value.end(),
                    [](unsigned char c) { return (c < 0x20 && c != '\t') || c == 0x7F; }))
        throw ordinaut::invalid_input("/headers/" + name,
                                      "must not contain line breaks or control characters");
}

std::string escaped(CURL* easy, std::string_view text) {
    char* const out = curl_easy_escape(easy, text.data(), static_cast<int>(text.size()));
    std::string result = out == nullptr ? "" : out;
    curl_free(out);
    return result;
}

bool is_json_type(std::string type) {
    type = type.substr(0, type.find(';'));
    while (!type.empty() && type.back() == ' ') type.pop_back();
    std::transform(type.begin(), type.end(), type.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return type == "application/json" || type == "text/json" ||
           (type.size() > 5 && type.compare(type.size() - 5, 5, "+json") == 0);
}

}  // namespace

Request::Request(ordinaut::ToolCall& call, const Settings& settings)
    : call_(call.completion()), easy_(curl_easy_init()) {
    if (easy_ == nullptr) throw ordinaut::CallError(ORD_E_RETRYABLE, "out of memory");
    try {
        set_target(call);
        set_body(call);
        set_headers(call, call.input().find("json") != nullptr);
        set_limits(call, settings);
    } catch (...) {
        curl_slist_free_all(header_list_);
        curl_easy_cleanup(easy_);
        throw;
    }
    call_ = call.later();
}

Request::~Request() {
    curl_easy_cleanup(easy_);
    curl_slist_free_all(header_list_);
}

void Request::set_target(ordinaut::ToolCall& call) {
    method_ = call.arg_or<std::string>("method", "GET");
    url_ = call.arg("url");
    const auto starts = [this](const char* scheme) {
        return strncasecmp(url_.c_str(), scheme, std::char_traits<char>::length(scheme)) == 0;
    };
    if (!starts("http://") && !starts("https://"))
        throw ordinaut::invalid_input("/url", "must begin with http:// or https://");
    if (const Json* query = call.input().find("query")) {
        const std::string fragment =
            url_.find('#') == std::string::npos ? "" : url_.substr(url_.find('#'));
        url_.resize(url_.size() - fragment.size());
        for (const auto& [name, value] : query->members()) {
            const bool first = url_.find('?') == std::string::npos;
            url_ += (first ? '?' : '&') + escaped(easy_, name) + '=' +
                    escaped(easy_, value.is_string() ? value.as_string() : value.text());
        }
        url_ += fragment;
    }
    curl_easy_setopt(easy_, CURLOPT_URL, url_.c_str());
    curl_easy_setopt(easy_, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy_, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy_, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy_, CURLOPT_PRIVATE, this);
    curl_easy_setopt(easy_, CURLOPT_ERRORBUFFER, error_);
    curl_easy_setopt(easy_, CURLOPT_USERAGENT, "ordinaut-http/" ORDINAUT_EXTENSION_VERSION);
    curl_easy_setopt(easy_, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(easy_, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy_, CURLOPT_WRITEDATA, this);
    curl_easy_setopt(easy_, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy_, CURLOPT_HEADERDATA, this);
}

void Request::set_body(ordinaut::ToolCall& call) {
    const Json* json = call.input().find("json");
    const Json* body = call.input().find("body");
    if (json != nullptr && body != nullptr)
        throw ordinaut::invalid_input("/body", "give either json or body, not both");
    if (json != nullptr) request_body_ = json->text();
    if (body != nullptr) request_body_ = body->as_string();
    if (json != nullptr || body != nullptr) {
        if (method_ == "HEAD")
            throw ordinaut::invalid_input("/method", "HEAD has no body; use GET or POST");
        curl_easy_setopt(easy_, CURLOPT_POSTFIELDSIZE_LARGE,
                         static_cast<curl_off_t>(request_body_.size()));
        curl_easy_setopt(easy_, CURLOPT_POSTFIELDS, request_body_.data());
    }
    if (method_ == "POST" && request_body_.empty()) {
        curl_easy_setopt(easy_, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t{0});
        curl_easy_setopt(easy_, CURLOPT_POSTFIELDS, "");
    }
    // POST is left to curl, so that redirects change it to GET where the standard says so.
    if (method_ == "HEAD")
        curl_easy_setopt(easy_, CURLOPT_NOBODY, 1L);
    else if (!(method_ == "POST" || (method_ == "GET" && json == nullptr && body == nullptr)))
        curl_easy_setopt(easy_, CURLOPT_CUSTOMREQUEST, method_.c_str());
}

void Request::set_headers(ordinaut::ToolCall& call, bool json) {
    const auto add = [this](const std::string& line) {
        header_list_ = curl_slist_append(header_list_, line.c_str());
    };
    bool has_type = false;
    if (const Json* headers = call.input().find("headers"))
        for (const auto& [name, value] : headers->members()) {
            check_header(name, value.as_string());
            has_type = has_type || strcasecmp(name.c_str(), "content-type") == 0;
            add(value.as_string().empty() ? name + ";" : name + ": " + value.as_string());
        }
    if (!has_type && json)
        add("Content-Type: application/json");
    else if (!has_type && !request_body_.empty())
        add("Content-Type: text/plain; charset=utf-8");
    add("Expect:");
    curl_easy_setopt(easy_, CURLOPT_HTTPHEADER, header_list_);
}

void Request::set_limits(ordinaut::ToolCall& call, const Settings& settings) {
    curl_easy_setopt(easy_, CURLOPT_TIMEOUT_MS,
                     std::max(1L, static_cast<long>(call.arg_or("timeout_seconds", 30.0) * 1000)));
    curl_easy_setopt(easy_, CURLOPT_FOLLOWLOCATION,
                     call.arg_or("follow_redirects", true) ? 1L : 0L);
    curl_easy_setopt(easy_, CURLOPT_MAXREDIRS, call.arg_or("max_redirects", 10L));
    curl_easy_setopt(easy_, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy_, CURLOPT_SSL_VERIFYHOST, 2L);
    bytes_max_ = static_cast<size_t>(call.arg_or<int64_t>("max_bytes", 500'000));
    fail_on_status_ = call.arg_or("fail_on_status", true);
    guard_ = !settings.private_addresses;
    curl_easy_setopt(easy_, CURLOPT_OPENSOCKETFUNCTION, on_socket);
    curl_easy_setopt(easy_, CURLOPT_OPENSOCKETDATA, this);
    // A proxy would connect where the guard cannot see.
    if (guard_) curl_easy_setopt(easy_, CURLOPT_PROXY, "");
}

size_t Request::on_body(char* bytes, size_t size, size_t count, void* self) {
    auto& request = *static_cast<Request*>(self);
    if (request.response_body_.size() + size * count > request.bytes_max_) {
        request.too_large_ = true;
        return 0;
    }
    request.response_body_.append(bytes, size * count);
    return size * count;
}

size_t Request::on_header(char* bytes, size_t size, size_t count, void* self) {
    auto& request = *static_cast<Request*>(self);
    std::string_view line(bytes, size * count);
    while (!line.empty() && (line.back() == '\r' || line.back() == '\n' || line.back() == ' '))
        line.remove_suffix(1);
    if (line.substr(0, 5) == "HTTP/") {  // Another response begins: of a redirect, or after 100.
        request.headers_.clear();
        request.response_body_.clear();
        return size * count;
    }
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) return size * count;
    std::string name(line.substr(0, colon));
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    std::string_view value = line.substr(colon + 1);
    while (!value.empty() && (value.front() == ' ' || value.front() == '\t'))
        value.remove_prefix(1);
    std::string text(value);
    if (!is_utf8(text))  // Old servers send ISO 8859-1.
        std::replace_if(
            text.begin(), text.end(), [](unsigned char c) { return c >= 0x80 || c == 0; }, '?');
    for (auto& [known, before] : request.headers_)
        if (known == name)
            return before.size() < kHeaderBytesMax ? (before += ", " + text, size * count) : 0;
    request.headers_.emplace_back(std::move(name), std::move(text));
    return request.headers_.size() <= 1000 ? size * count : 0;
}

curl_socket_t Request::on_socket(void* self, curlsocktype, curl_sockaddr* address) {
    auto& request = *static_cast<Request*>(self);
    if (request.guard_ && !is_public(&address->addr)) {
        request.refused_address_ = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

std::string Request::header(const std::string& name) const {
    for (const auto& [known, value] : headers_)
        if (known == name) return value;
    return {};
}

void Request::fail_transfer(CURLcode code) {
    const std::string detail = error_[0] != '\0' ? error_ : curl_easy_strerror(code);
    if (too_large_)
        return call_.fail(ORD_E_TERMINAL, "the response is larger than max_bytes (" +
                                              std::to_string(bytes_max_) + ")");
    switch (code) {
        case CURLE_OPERATION_TIMEDOUT:
            return call_.fail(ORD_E_RETRYABLE, "no answer in time: " + detail);
        case CURLE_URL_MALFORMAT: return call_.fail(ORD_E_INVALID, "/url: is not a URL: " + detail);
        case CURLE_UNSUPPORTED_PROTOCOL:
            return call_.fail(ORD_E_TERMINAL, "only http and https are spoken: " + detail);
        case CURLE_TOO_MANY_REDIRECTS:
            return call_.fail(ORD_E_TERMINAL, "too many redirects: " + detail);
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_ISSUER_ERROR:
            return call_.fail(ORD_E_TERMINAL, "the server's certificate is not valid: " + detail);
        default: break;
    }
    if (refused_address_)
        return call_.fail(ORD_E_TERMINAL,
                          "the address is private or special, and private_addresses is 'deny'");
    call_.fail(ORD_E_RETRYABLE, "the request failed: " + detail);
}

bool Request::fail_status(long status) {
    if (!fail_on_status_ || status < 400) return false;
    const std::string message = method_ + " was answered with status " + std::to_string(status);
    curl_off_t after = 0;
    curl_easy_getinfo(easy_, CURLINFO_RETRY_AFTER, &after);
    const Json details = Json::array({answer(status)});
    if (status == 429 || (status == 503 && after > 0)) {
        const std::chrono::seconds wait(after > 0 ? std::min<curl_off_t>(after, 86'400)
                                                  : kRetryAfterDefault);
        call_.fail(ORD_E_RATE_LIMITED, message, details, wait);
    } else {
        call_.fail(status >= 500 || status == 408 ? ORD_E_RETRYABLE : ORD_E_TERMINAL, message,
                   details);
    }
    return true;
}

Json Request::answer(long status) const {
    Json headers = Json::object();
    for (const auto& [name, value] : headers_) headers.set(name, value);
    Json json{{"status", static_cast<int64_t>(status)}, {"headers", headers}};
    if (response_body_.empty()) return json;
    if (is_json_type(header("content-type"))) {
        try {
            return json.set("body", Json::parse(response_body_));
        } catch (const ordinaut::JsonError&) {
            // Called JSON, but is not: handed on as text.
        }
    }
    if (is_utf8(response_body_)) return json.set("text", response_body_);
    return json.set("body_base64", base64(response_body_));
}

void Request::finish(CURLcode code) {
    if (code != CURLE_OK) return fail_transfer(code);
    long status = 0;
    curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
    if (!fail_status(status)) call_.ok(answer(status));
}

}  // namespace http_extension
