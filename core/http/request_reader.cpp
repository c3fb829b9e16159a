// Beast asserts that the end of an empty chunked body arrives in at least five bytes, which a
// client need not respect; without the assertion its code is right.
#define BOOST_DISABLE_ASSERTS
#include "http/request_reader.h"

#include <algorithm>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "http/target.h"

namespace ordinaut::http {
namespace {

namespace beast = boost::beast;

std::string text_of(beast::string_view text) { return {text.data(), text.size()}; }

// What is wrong with the raw lines of a head (without its final empty line); empty = nothing.
std::string_view line_fault(std::string_view head) {
    for (size_t i = 0; i < head.size(); ++i) {
        const auto c = static_cast<unsigned char>(head[i]);
        if (c == '\r') {
            if (i + 1 == head.size() || head[i + 1] != '\n')
                return "a carriage return without a line feed";
            ++i;
            if (i + 1 < head.size() && (head[i + 1] == ' ' || head[i + 1] == '\t'))
                return "a folded header line";
        } else if (c == '\n') {
            return "a line feed without a carriage return";
        } else if ((c < 0x20 && c != '\t') || c == 0x7f) {
            return "a control character";
        }
    }
    return {};
}

bool has_lone_line_feed(std::string_view text, size_t from) {
    for (size_t i = text.find('\n', from); i != std::string_view::npos; i = text.find('\n', i + 1))
        if (i == 0 || text[i - 1] != '\r') return true;
    return false;
}

bool is_digits(std::string_view text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_visible_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

// The framing headers must leave exactly one reading of where the body ends.
std::optional<Fault> framing_fault(const Request& request, size_t body_bytes_max) {
    const auto lengths = request.headers.count("Content-Length");
    const auto codings = request.headers.count("Transfer-Encoding");
    if (lengths > 1) return Fault{400, "more than one Content-Length"};
    if (lengths == 1 && codings > 0)
        return Fault{400, "Content-Length together with Transfer-Encoding"};
    if (lengths == 1) {
        const auto value = request.headers.get("Content-Length");
        if (!is_digits(value))
            return Fault{400, "Content-Length must be a decimal number of bytes"};
        // 15 digits are far above any limit and far below 2^64.
        if (value.size() > 15 || std::stoull(std::string(value)) > body_bytes_max)
            return Fault{413,
                         "the body may have at most " + std::to_string(body_bytes_max) + " bytes"};
    }
    if (codings > 0) {
        if (!request.http11) return Fault{400, "Transfer-Encoding in HTTP/1.0"};
        if (codings > 1 ||
            !equals_ignoring_case(request.headers.get("Transfer-Encoding"), "chunked"))
            return Fault{501, "the only supported Transfer-Encoding is 'chunked'"};
    }
    return std::nullopt;
}

std::optional<Fault> host_fault(const Request& request) {
    const auto hosts = request.headers.count("Host");
    if (hosts > 1) return Fault{400, "more than one Host header"};
    if (hosts == 0 && request.http11) return Fault{400, "the Host header is missing"};
    if (request.headers.get("Host").find_first_of(" \t,/@?#\\") != std::string_view::npos)
        return Fault{400, "the Host header is not a host"};
    return std::nullopt;
}

Fault fault_of(beast::error_code code, size_t body_bytes_max) {
    using error = beast::http::error;
    if (code == error::body_limit)
        return {413, "the body may have at most " + std::to_string(body_bytes_max) + " bytes"};
    if (code == error::header_limit) return {431, "the request line and headers are too large"};
    if (code == error::bad_version) return {505, "only HTTP/1.0 and HTTP/1.1 are spoken here"};
    if (code == error::bad_method) return {400, "the method is not a token"};
    if (code == error::bad_target) return {400, "the request target is malformed"};
    if (code == error::bad_field || code == error::bad_value)
        return {400, "a header line is malformed"};
    if (code == error::bad_content_length)
        return {400, "Content-Length must be a decimal number of bytes"};
    if (code == error::bad_transfer_encoding) return {400, "Transfer-Encoding is malformed"};
    if (code == error::bad_chunk || code == error::bad_chunk_extension)
        return {400, "a chunk is malformed"};
    return {400, "the request is malformed"};
}

}  // namespace

struct RequestReader::Parser : beast::http::request_parser<beast::http::string_body> {};

RequestReader::RequestReader(const FramingLimits& limits) : limits_(limits) {}
RequestReader::~RequestReader() = default;

void RequestReader::append(std::string_view bytes) {
    drop_consumed();
    buffer_.append(bytes);
}

RequestReader::Outcome RequestReader::next() {
    if (phase_ == Phase::kBody) return read_body();
    return read_head();
}

RequestReader::Outcome RequestReader::read_head() {
    if (phase_ == Phase::kIdle) {
        // RFC 9112 §2.2: an empty line before the request line is ignored; some clients send one
        // after a body.
        while (std::string_view(buffer_).substr(consumed_).starts_with("\r\n")) consumed_ += 2;
        scanned_ = 0;
    }
    const auto bytes = std::string_view(buffer_).substr(consumed_);
    if (bytes.empty() || bytes == "\r") return Outcome::kNeedMore;
    phase_ = Phase::kHead;
    const auto end = bytes.find("\r\n\r\n", scanned_ < 3 ? 0 : scanned_ - 3);
    const auto head = bytes.substr(0, end == std::string_view::npos ? end : end + 4);
    if (head.size() > limits_.head_bytes_max) {
        if (head.substr(0, limits_.target_bytes_max).find('\n') == std::string_view::npos)
            return fail(414, "the request target is too long");
        return fail(431, "the request line and headers may have at most " +
                             std::to_string(limits_.head_bytes_max) + " bytes");
    }
    if (end == std::string_view::npos) {
        // Whoever ends lines with a lone line feed would wait for an answer until the timeout.
        if (has_lone_line_feed(bytes, scanned_))
            return fail(400, "the headers hold a line feed without a carriage return");
        scanned_ = bytes.size();
        return Outcome::kNeedMore;
    }
    const auto fault = line_fault(head.substr(0, end + 2));
    if (!fault.empty()) return fail(400, "the headers hold " + std::string(fault));
    return accept_head(head);
}

RequestReader::Outcome RequestReader::accept_head(std::string_view head) {
    parser_ = std::make_unique<Parser>();
    parser_->header_limit(static_cast<std::uint32_t>(limits_.head_bytes_max) + 1);
    parser_->body_limit(limits_.body_bytes_max);
    beast::error_code error;
    const auto used = parser_->put(boost::asio::buffer(head.data(), head.size()), error);
    // Too large a body is judged below, together with the other framing headers.
    const bool too_large = error == beast::http::error::body_limit;
    if (error && !too_large) {
        const auto fault = fault_of(error, limits_.body_bytes_max);
        return fail(fault.status, fault.message);
    }
    consumed_ += used;
    const auto& message = parser_->get();
    request_ = {};
    request_.method = text_of(message.method_string());
    request_.http11 = message.version() == 11;
    request_.keep_alive = parser_->keep_alive();
    for (const auto& field : message)
        request_.headers.add(text_of(field.name_string()), text_of(field.value()));

    if (request_.headers.all().size() > limits_.headers_max)
        return fail(
            431, "at most " + std::to_string(limits_.headers_max) + " header lines are accepted");
    if (auto fault = framing_fault(request_, limits_.body_bytes_max))
        return fail(fault->status, fault->message);
    if (auto fault = host_fault(request_)) return fail(fault->status, fault->message);
    if (too_large) return fail(400, "the request is malformed");
    const auto target_text = text_of(message.target());
    if (target_text.size() > limits_.target_bytes_max)
        return fail(414, "the request target may have at most " +
                             std::to_string(limits_.target_bytes_max) + " bytes");
    if (!is_visible_ascii(target_text))
        return fail(400, "the request target holds characters that must be percent-encoded");
    auto target = parse_target(target_text, limits_.query_pairs_max);
    if (!target.ok()) return fail(400, target.error().message);
    request_.target = std::move(*target);

    if (parser_->is_done()) return finish();
    phase_ = Phase::kBody;
    if (const auto* expectation = request_.headers.find("Expect"); expectation && request_.http11) {
        if (!equals_ignoring_case(*expectation, "100-continue"))
            return fail(417, "the only supported Expect is '100-continue'");
        expects_continue_ = buffered() == 0;
    }
    return read_body();
}

RequestReader::Outcome RequestReader::read_body() {
    while (buffered() > 0) {
        beast::error_code error;
        const auto bytes = std::string_view(buffer_).substr(consumed_);
        const auto body_before = parser_->get().body().size();
        const auto used = parser_->put(boost::asio::buffer(bytes.data(), bytes.size()), error);
        consumed_ += used;
        if (error == beast::http::error::need_more) break;
        // One call reads one element: body bytes, or a chunk header, or the end with the trailers.
        const auto overhead = used - (parser_->get().body().size() - body_before);
        if (overhead > limits_.overhead_bytes_max)
            return fail(400, "a chunk header or the trailers are too long");
        if (error) {
            const auto fault = fault_of(error, limits_.body_bytes_max);
            return fail(fault.status, fault.message);
        }
        if (parser_->is_done()) return finish();
    }
    if (buffered() > limits_.overhead_bytes_max)
        return fail(400, "a chunk header or the trailers are too long");
    return Outcome::kNeedMore;
}

RequestReader::Outcome RequestReader::finish() {
    request_.body = std::move(parser_->get().body());
    parser_.reset();
    phase_ = Phase::kIdle;
    expects_continue_ = false;
    drop_consumed();
    return Outcome::kRequest;
}

RequestReader::Outcome RequestReader::fail(int status, std::string message) {
    fault_ = {status, std::move(message)};
    parser_.reset();
    buffer_ = {};
    consumed_ = 0;
    return Outcome::kFault;
}

// Moves what is left to the front, seldom enough that many small requests in one buffer cost linear
// time.
void RequestReader::drop_consumed() {
    if (consumed_ < buffer_.size() && consumed_ <= buffer_.size() / 2) return;
    buffer_.erase(0, consumed_);
    consumed_ = 0;
    if (buffer_.empty() && buffer_.capacity() > (64 << 10)) buffer_ = {};
}

}  // namespace ordinaut::http
