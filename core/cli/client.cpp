#include "cli/client.h"

#include <curl/curl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "base/check.h"
#include "base/clock.h"
#include "cli/files.h"

namespace ordinaut::cli {
namespace {

constexpr size_t kAnswerBytesMax = 64 << 20;
constexpr long kConnectSeconds = 5;
constexpr size_t kSmallFileBytesMax = 65536;
constexpr int64_t kRenewSecondsBefore = 30;

std::string get(const std::map<std::string, std::string>& environment, const std::string& name) {
    const auto it = environment.find(name);
    return it == environment.end() ? "" : it->second;
}

// One spelling for each address, so that credentials find their server.
std::string normalized(std::string url) {
    while (url.ends_with('/')) url.pop_back();
    constexpr std::string_view kLocal = "http://localhost";
    if (url.starts_with(kLocal) && (url.size() == kLocal.size() || url[kLocal.size()] == ':'))
        url.replace(0, kLocal.size(), "http://127.0.0.1");
    return url;
}

size_t take_body(char* data, size_t, size_t size, void* into) {
    auto& body = *static_cast<std::string*>(into);
    if (body.size() + size > kAnswerBytesMax) return 0;
    body.append(data, size);
    return size;
}

int64_t unix_now() {
    return std::chrono::duration_cast<std::chrono::seconds>(
               SystemClock().wall_now().time_since_epoch())
        .count();
}

std::string token_path(const std::string& data_dir) { return data_dir + "/token.json"; }

}  // namespace

Result<Credentials> read_credentials(const std::string& data_dir) {
    const std::string path = data_dir + "/credentials.json";
    if (access(path.c_str(), F_OK) != 0) return not_found(fmt::format("there is no {}", path));
    const auto json = TRY(parse_json(TRY(read_text(path, kSmallFileBytesMax))));
    Credentials credentials{std::string(string_or(json, "agent_id", "")),
                            std::string(string_or(json, "agent_secret", "")),
                            std::string(string_or(json, "url", ""))};
    if (credentials.agent_id.empty() || credentials.agent_secret.empty())
        return Error{ErrorCode::kInvalid,
                     path + " has no agent_id and agent_secret; `ordinaut up` writes it anew"};
    return credentials;
}

Client::Client(ClientOptions options, const std::map<std::string, std::string>& environment)
    : options_(std::move(options)), curl_(curl_easy_init()) {
    CHECK(curl_ != nullptr);
    given_token_ = options_.token.empty() ? get(environment, "ORDINAUT_TOKEN") : options_.token;
    auto credentials = read_credentials(options_.data_dir);
    server_ = options_.server.empty() ? get(environment, "ORDINAUT_URL") : options_.server;
    if (server_.empty() && credentials.ok()) server_ = credentials->url;
    if (server_.empty()) server_ = "http://127.0.0.1:8080";
    server_ = normalized(server_);
    if (!credentials.ok()) {
        why_no_credentials_ = credentials.error().message;
    } else if (!credentials->url.empty() && normalized(credentials->url) != server_) {
        why_no_credentials_ =
            fmt::format("{}/credentials.json is for {}", options_.data_dir, credentials->url);
    } else {
        credentials_ = std::move(*credentials);
    }
}

Client::~Client() { curl_easy_cleanup(curl_); }

Result<Response> Client::send(const Request& request) {
    if (token_.empty()) token_ = !given_token_.empty() ? given_token_ : kept_token();
    // Without credentials the request goes out bare: public operations and servers with auth off
    // answer it.
    if (token_.empty() && credentials_) token_ = TRY(log_in(*credentials_));
    Response response = TRY(exchange(request, token_));
    if (response.status == 401 && given_token_.empty() && credentials_) {
        token_ = TRY(log_in(*credentials_));
        response = TRY(exchange(request, token_));
    }
    return response;
}

Result<std::string> Client::token() {
    if (!given_token_.empty()) return given_token_;
    if (!credentials_)
        return Error{
            ErrorCode::kUnauthenticated,
            fmt::format("no token: {}; give --token or set ORDINAUT_TOKEN", why_no_credentials_)};
    return log_in(*credentials_);
}

Result<std::string> Client::log_in(const Credentials& credentials) {
    const std::string body = JsonWriter()
                                 .begin_object()
                                 .field("agent_id", credentials.agent_id)
                                 .field("agent_secret", credentials.agent_secret)
                                 .end_object()
                                 .take();
    const Response response = TRY(exchange({"POST", "/agents/auth/token", body}, ""));
    const auto json = parse_json(response.body);
    const std::string token(json.ok() ? string_or(*json, "access_token", "") : "");
    if (response.status != 200 || token.empty())
        return Error{
            response.status == 503 ? ErrorCode::kUnavailable : ErrorCode::kUnauthenticated,
            fmt::format("{} did not accept {}/credentials.json: {}", server_, options_.data_dir,
                        json.ok() ? string_or(*json, "message", "no reason given")
                                  : "no JSON in its answer")};
    const JsonValue* lives = find(*json, "expires_in");
    const int64_t seconds = lives != nullptr && lives->IsInt64() ? lives->GetInt64() : 0;
    const std::string kept = JsonWriter()
                                 .begin_object()
                                 .field("access_token", token)
                                 .field("server", server_)
                                 .field("agent_id", credentials.agent_id)
                                 .field("expires_at", unix_now() + seconds)
                                 .end_object()
                                 .take();
    // Only a convenience: a data directory that cannot be written costs a log-in each time.
    if (seconds > kRenewSecondsBefore)
        (void)write_private(token_path(options_.data_dir), kept + "\n");
    return token;
}

std::string Client::kept_token() const {
    if (!credentials_) return "";
    const auto text = read_text(token_path(options_.data_dir), kSmallFileBytesMax);
    if (!text.ok()) return "";
    const auto json = parse_json(*text);
    if (!json.ok() || string_or(*json, "server", "") != server_ ||
        string_or(*json, "agent_id", "") != credentials_->agent_id)
        return "";
    const JsonValue* expires = find(*json, "expires_at");
    if (expires == nullptr || !expires->IsInt64() ||
        expires->GetInt64() - kRenewSecondsBefore < unix_now())
        return "";
    return std::string(string_or(*json, "access_token", ""));
}

Result<Response> Client::exchange(const Request& request, const std::string& token) {
    const std::string url = server_ + request.target;
    Response response;
    CURL* curl = curl_;
    curl_easy_reset(curl);
    curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, static_cast<long>(options_.timeout.count()));
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &response.body);
    if (server_.starts_with("http://127.") || server_.starts_with("http://[::1]"))
        curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
    curl_slist* headers = curl_slist_append(nullptr, "Accept: application/json");
    if (!token.empty())
        headers = curl_slist_append(headers, ("Authorization: Bearer " + token).c_str());
    if (!request.body.empty()) {
        headers = curl_slist_append(headers, "Content-Type: application/json");
        headers = curl_slist_append(headers, "Expect:");
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body.c_str());
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
                         static_cast<curl_off_t>(request.body.size()));
    }
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    const CURLcode code = curl_easy_perform(curl);
    curl_slist_free_all(headers);
    if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL)
        return Error{
            ErrorCode::kInvalid,
            fmt::format("{} is not an address; it must be like http://127.0.0.1:8080", server_)};
    if (code == CURLE_OPERATION_TIMEDOUT)
        return unavailable(
            fmt::format("{} did not answer within {} s", server_, options_.timeout.count()));
    if (code != CURLE_OK)
        return unavailable(
            fmt::format("cannot reach {}: {}; is the server running (`ordinaut up`)?", server_,
                        curl_easy_strerror(code)));
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    response.status = static_cast<int>(status);
    return response;
}

}  // namespace ordinaut::cli
