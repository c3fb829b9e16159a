// Json from text. Included by json.hpp.
#pragma once
#include <charconv>
#include <cstdlib>

#include "json.hpp"

namespace ordinaut {

class JsonReader {
public:
    explicit JsonReader(std::string_view text) : text_(text) {}
    Json whole() {
        Json json = value(0);
        space();
        if (at_ != text_.size()) fail("something follows the value");
        return json;
    }

private:
    [[noreturn]] void fail(const char* what) const {
        throw JsonError("JSON: " + std::string(what) + " (byte " + std::to_string(at_) + ")");
    }
    char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
    void space() {
        while (at_ < text_.size() &&
               (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r'))
            ++at_;
    }
    bool eat(char wanted) {
        space();
        if (at_ >= text_.size() || peek() != wanted) return false;
        ++at_;
        return true;
    }
    bool word(std::string_view wanted) {
        if (text_.substr(at_, wanted.size()) != wanted) return false;
        at_ += wanted.size();
        return true;
    }

    Json value(int depth) {
        if (depth > 100) fail("nesting is deeper than 100");
        space();
        if (eat('{')) return object(depth);
        if (eat('[')) return array(depth);
        if (eat('"')) return Json(string());
        if (word("true")) return Json(true);
        if (word("false")) return Json(false);
        if (word("null")) return Json();
        return number();
    }
    Json object(int depth) {
        Json::Object members;
        if (eat('}')) return Json(std::move(members));
        do {
            if (!eat('"')) fail("a member's name is expected");
            std::string name = string();
            if (!eat(':')) fail("':' is expected");
            members.emplace_back(std::move(name), value(depth + 1));
        } while (eat(','));
        if (!eat('}')) fail("',' or '}' is expected");
        return Json(std::move(members));
    }
    Json array(int depth) {
        Json::Array items;
        if (eat(']')) return Json::array();
        do items.push_back(value(depth + 1));
        while (eat(','));
        if (!eat(']')) fail("',' or ']' is expected");
        return Json::array(std::move(items));
    }
    Json number() {
        const size_t begin = at_;
        const auto digits = [&] {
            const size_t first = at_;
            while (peek() >= '0' && peek() <= '9') ++at_;
            return at_ - first;
        };
        const bool negative = word("-");
        const bool zero = peek() == '0';
        const size_t whole = digits();
        if (whole == 0 || (zero && whole > 1)) fail("a value is expected");
        bool integer = true;
        if (word(".")) {
            integer = false;
            if (digits() == 0) fail("a digit is expected");
        }
        if (word("e") || word("E")) {
            integer = false;
            if (!word("+")) word("-");
            if (digits() == 0) fail("a digit is expected");
        }
        const char* first = text_.data() + begin;
        const char* last = text_.data() + at_;
        if (integer) {
            int64_t small = 0;
            if (std::from_chars(first, last, small).ec == std::errc{}) return Json(small);
            uint64_t big = 0;
            if (!negative && std::from_chars(first, last, big).ec == std::errc{}) return Json(big);
        }
        double real = 0;
        if (std::from_chars(first, last, real).ec != std::errc{})
            fail("the number is out of range");
        return Json(real);
    }
    unsigned hex4() {
        unsigned code = 0;
        const char* const begin = text_.data() + at_;
        if (at_ + 4 > text_.size() || std::from_chars(begin, begin + 4, code, 16).ptr != begin + 4)
            fail("four hex digits are expected");
        at_ += 4;
        return code;
    }
    static void append_utf8(std::string& out, unsigned code) {
        const auto put = [&out](unsigned byte) { out.push_back(static_cast<char>(byte)); };
        if (code < 0x80) return put(code);
        if (code < 0x800) return put(0xC0 | code >> 6), put(0x80 | (code & 0x3F));
        if (code < 0x10000)
            return put(0xE0 | code >> 12), put(0x80 | (code >> 6 & 0x3F)),
                   put(0x80 | (code & 0x3F));
        put(0xF0 | code >> 18), put(0x80 | (code >> 12 & 0x3F)), put(0x80 | (code >> 6 & 0x3F)),
            put(0x80 | (code & 0x3F));
    }
    void escape(std::string& out) {
        const char kind = peek();
        ++at_;
        constexpr std::string_view kNames = "\"\\/bfnrt", kValues = "\"\\/\b\f\n\r\t";
        if (const auto found = kNames.find(kind); found != std::string_view::npos)
            return out.push_back(kValues[found]);
        if (kind != 'u') fail("an unknown escape");
        unsigned code = hex4();
        if (code >= 0xD800 && code < 0xE000) {
            const unsigned low = code < 0xDC00 && word("\\u") ? hex4() : 0;
            if (low < 0xDC00 || low > 0xDFFF) fail("a lone surrogate");
            code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
        }
        append_utf8(out, code);
    }
    std::string string() {
        std::string out;
        while (at_ < text_.size()) {
            const char c = text_[at_];
            if (static_cast<unsigned char>(c) < 0x20) fail("a control character in a string");
            ++at_;
            if (c == '"') return out;
            if (c == '\\')
                escape(out);
            else
                out.push_back(c);
        }
        fail("the string does not end");
    }

    std::string_view text_;
    size_t at_ = 0;
};

inline Json Json::parse(std::string_view text) { return JsonReader(text).whole(); }

}  // namespace ordinaut
