#include "http/target.h"

#include <algorithm>

namespace ordinaut::http {
namespace {

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

Result<std::string> decode_segment(std::string_view text) {
    auto segment = TRY(percent_decode(text, false));
    if (segment == "." || segment == "..")
        return malformed("the path holds a dot segment; send the path it stands for");
    if (std::any_of(segment.begin(), segment.end(), is_control))
        return malformed("the path holds a control character");
    if (segment.find_first_of("/\\") != std::string::npos)
        return malformed("a path segment holds an encoded '/' or a '\\'");
    return segment;
}

Status parse_path(std::string_view path, Target& target) {
    path.remove_prefix(1);
    while (!path.empty()) {
        const auto slash = path.find('/');
        target.segments.push_back(TRY(decode_segment(path.substr(0, slash))));
        if (slash == std::string_view::npos) return ok();
        path.remove_prefix(slash + 1);
    }
    target.trailing_slash = !target.segments.empty();
    return ok();
}

Status parse_query(std::string_view text, size_t pairs_max, Target& target) {
    while (!text.empty()) {
        const auto end = text.find('&');
        const auto pair = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (pair.empty()) continue;
        if (target.query.size() == pairs_max)
            return malformed("the query has more than " + std::to_string(pairs_max) +
                             " parameters");
        const auto equals = pair.find('=');
        const auto value =
            equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1);
        std::string name = TRY(percent_decode(pair.substr(0, equals), true));
        std::string decoded = TRY(percent_decode(value, true));
        target.query.push_back({std::move(name), std::move(decoded)});
    }
    return ok();
}

// "http://host/path?query" → "/path?query".
std::string_view strip_authority(std::string_view text) {
    const auto scheme_end = text.find("://");
    const auto rest = text.substr(scheme_end + 3);
    const auto start = rest.find_first_of("/?");
    return start == std::string_view::npos ? std::string_view("/") : rest.substr(start);
}

// The length of the UTF-8 sequence at the start of `text`, or 0 when it is not well-formed.
size_t sequence_length(std::string_view text) {
    const auto byte = [&](size_t i) {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
    };
    const auto follows = [&](size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
    const unsigned lead = byte(0), second = byte(1);
    if (lead < 0x80) return 1;
    if (lead >= 0xC2 && lead <= 0xDF) return follows(1) ? 2 : 0;
    if (lead >= 0xE0 && lead <= 0xEF) {
        const bool overlong = lead == 0xE0 && second < 0xA0,
                   surrogate = lead == 0xED && second > 0x9F;
        return follows(1) && follows(2) && !overlong && !surrogate ? 3 : 0;
    }
    if (lead >= 0xF0 && lead <= 0xF4) {
        const bool overlong = lead == 0xF0 && second < 0x90, beyond = lead == 0xF4 && second > 0x8F;
        return follows(1) && follows(2) && follows(3) && !overlong && !beyond ? 4 : 0;
    }
    return 0;
}

}  // namespace

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const auto length = sequence_length(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

Result<std::string> percent_decode(std::string_view text, bool form) {
    std::string decoded;
    decoded.reserve(text.size());
    for (size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+' && form) {
            decoded += ' ';
        } else if (text[i] != '%') {
            decoded += text[i];
        } else {
            const int high = i + 1 < text.size() ? hex_digit(text[i + 1]) : -1;
            const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
            if (high < 0 || low < 0)
                return malformed("'%' in the target must be followed by two hexadecimal digits");
            decoded += static_cast<char>(high * 16 + low);
            i += 2;
        }
    }
    if (decoded.find('\0') != std::string::npos) return malformed("the target holds a NUL byte");
    if (!is_utf8(decoded)) return malformed("the target is not UTF-8 after percent-decoding");
    return decoded;
}

Result<Target> parse_target(std::string_view text, size_t query_pairs_max) {
    Target target;
    if (text == "*") {
        target.path = "*";
        return target;
    }
    if (text.empty()) return malformed("the request target is empty");
    if (text.starts_with("http://") || text.starts_with("https://")) text = strip_authority(text);
    const auto question = text.find('?');
    const auto path = text.substr(0, question);
    target.path = path.empty() ? "/" : path;
    if (target.path.front() != '/') return malformed("the request target must begin with '/'");
    if (text.find('#') != std::string_view::npos)
        return malformed("the request target holds a fragment ('#')");
    TRY(parse_path(target.path, target));
    if (question != std::string_view::npos) {
        target.raw_query = text.substr(question + 1);
        TRY(parse_query(target.raw_query, query_pairs_max, target));
    }
    return target;
}

}  // namespace ordinaut::http
