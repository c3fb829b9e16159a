// The little JSON the fake host needs: is a text JSON, one member of an object, quoting. No
// dependency, not even json.hpp.
#pragma once
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

namespace ordinaut::testing {

// Walks over one JSON text without building anything.
class JsonScan {
public:
    explicit JsonScan(std::string_view text) : text_(text) {}
    // Whether the whole text is one JSON value of at most 100 levels.
    static bool valid(std::string_view text) {
        JsonScan scan(text);
        const bool good = scan.value(0);
        scan.blanks();
        return good && scan.at_ == text.size();
    }
    // The text of a member of an object; nullopt when there is none.
    static std::optional<std::string> member(std::string_view text, std::string_view name) {
        JsonScan scan(text);
        std::optional<std::string> found;
        scan.wanted_ = name;
        scan.found_ = &found;
        scan.value(0);
        return found;
    }

private:
    void blanks() {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' ||
                                      text_[at_] == '\n' || text_[at_] == '\r'))
            ++at_;
    }
    bool eat(char c) {
        blanks();
        if (at_ >= text_.size() || text_[at_] != c) return false;
        ++at_;
        return true;
    }
    bool word(std::string_view wanted) {
        if (text_.substr(at_, wanted.size()) != wanted) return false;
        at_ += wanted.size();
        return true;
    }
    bool string() {
        while (at_ < text_.size()) {
            const auto c = static_cast<unsigned char>(text_[at_++]);
            if (c == '"') return true;
            if (c < 0x20) return false;
            if (c != '\\') continue;
            if (at_ >= text_.size()) return false;
            const char escape = text_[at_++];
            if (escape == 'u') {
                for (int n = 0; n < 4; ++n, ++at_)
                    if (at_ >= text_.size() ||
                        std::string_view("0123456789abcdefABCDEF").find(text_[at_]) ==
                            std::string_view::npos)
                        return false;
            } else if (std::string_view("\"\\/bfnrt").find(escape) == std::string_view::npos) {
                return false;
            }
        }
        return false;
    }
    size_t digits() {
        const size_t begun = at_;
        while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') ++at_;
        return at_ - begun;
    }
    bool number() {
        if (at_ < text_.size() && text_[at_] == '-') ++at_;
        const bool zero = at_ < text_.size() && text_[at_] == '0';
        const size_t whole = digits();
        if (whole == 0 || (zero && whole > 1)) return false;
        if (word(".") && digits() == 0) return false;
        if (at_ < text_.size() && (text_[at_] == 'e' || text_[at_] == 'E')) {
            ++at_;
            if (at_ < text_.size() && (text_[at_] == '+' || text_[at_] == '-')) ++at_;
            return digits() > 0;
        }
        return true;
    }
    bool object(int depth) {
        if (eat('}')) return true;
        do {
            if (!eat('"')) return false;
            const size_t begun = at_;
            if (!string()) return false;
            const std::string_view name = text_.substr(begun, at_ - begun - 1);
            if (!eat(':')) return false;
            blanks();
            const size_t start = at_;
            if (!value(depth + 1)) return false;
            if (depth == 0 && found_ != nullptr && name == wanted_)
                *found_ = std::string(text_.substr(start, at_ - start));
        } while (eat(','));
        return eat('}');
    }
    bool array(int depth) {
        if (eat(']')) return true;
        do {
            if (!value(depth + 1)) return false;
        } while (eat(','));
        return eat(']');
    }
    bool value(int depth) {
        if (depth > 100) return false;
        if (eat('{')) return object(depth);
        if (eat('[')) return array(depth);
        if (eat('"')) return string();
        return word("true") || word("false") || word("null") || number();
    }

    std::string_view text_, wanted_;
    std::optional<std::string>* found_ = nullptr;
    size_t at_ = 0;
};

// A JSON string with that text.
inline std::string json_quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        char code[8];
        std::snprintf(code, sizeof code, "\\u%04x", static_cast<unsigned char>(c));
        if (static_cast<unsigned char>(c) < 0x20)
            out += code;
        else
            out += (c == '"' || c == '\\' ? "\\" : "") + std::string(1, c);
    }
    return out + "\"";
}

}  // namespace ordinaut::testing
