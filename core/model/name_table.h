// Enumerations and their names in the API and the database, in one place each.
#pragma once
#include <array>
#include <optional>
#include <string_view>

#include "base/check.h"

namespace ordinaut {

// names[i] is the name of the enumerator with value i.
template <class Enum, size_t N>
struct NameTable {
    std::array<std::string_view, N> names;

    std::string_view name(Enum value) const {
        const auto index = static_cast<size_t>(value);
        CHECK(index < N);
        return names[index];
    }
    std::optional<Enum> find(std::string_view name) const {
        for (size_t i = 0; i < N; ++i)
            if (names[i] == name) return static_cast<Enum>(i);
        return std::nullopt;
    }
};

}  // namespace ordinaut
