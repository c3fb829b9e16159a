// Values on their way into a statement, in the order of $1, $2, …
//
// Everything crosses as text. Text with U+0000 cannot be stored (libpq would cut it silently): it
// throws BadText, which becomes kInvalid.
#pragma once
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace ordinaut::store::postgres {

struct BadText : std::runtime_error {
    BadText() : std::runtime_error("text must not contain U+0000") {}
};

// A PostgreSQL array literal, built element by element; for unnest($n::type[]).
class Array {
public:
    Array() : text_("{") {}
    Array& text(std::string_view value);
    Array& text_or_null(std::string_view value) { return value.empty() ? null() : text(value); }
    Array& id(std::string_view value);  // Not a UUID → NULL.
    Array& number(int64_t value);
    Array& time(WallTime value);
    Array& time(const std::optional<WallTime>& value) { return value ? time(*value) : null(); }
    Array& null();
    std::string literal() const { return text_ + "}"; }

private:
    void separate();
    std::string text_;
};

class Params {
public:
    Params& text(std::string_view value);
    Params& text_or_null(std::string_view value) { return value.empty() ? null() : text(value); }
    // Something that is no UUID becomes NULL, which equals nothing: a lookup by it finds no row.
    Params& id(std::string_view value);
    Params& number(int64_t value);
    Params& boolean(bool value);
    Params& time(WallTime value);
    Params& time(const std::optional<WallTime>& value) { return value ? time(*value) : null(); }
    Params& array(const Array& value);
    Params& texts(const std::vector<std::string>& values);
    Params& ids(const std::vector<std::string>& values);
    // nullopt (all) → NULL. An owner that is no UUID owns nothing.
    Params& owner(const std::optional<std::string>& value);
    Params& null();

    // For libpqxx; null pointers are NULL. Valid as long as this object.
    std::vector<const char*> pointers() const;

private:
    std::vector<std::optional<std::string>> values_;
};

// The text an instant crosses in: ISO with an offset, whatever the session's settings.
std::string time_text(WallTime time);

}  // namespace ordinaut::store::postgres
