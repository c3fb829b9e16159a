// UUIDs as lower-case text. New rows get version 7 (time-ordered, RFC 9562), derived ones version 5
// (name-based).
#pragma once
#include <string>
#include <string_view>

namespace ordinaut {

using Id = std::string;  // 36 characters, lower case.

// UUIDv7; monotonic within this process. Thread-safe.
Id new_id();
// The same inputs give the same id, always (UUIDv5 form over SHA-256).
Id derived_id(std::string_view space, std::string_view name);
bool is_id(std::string_view text);  // Well-formed UUID text, either case.
// URL-safe text with that many bytes from the kernel's CSPRNG.
std::string random_token(size_t bytes);

}  // namespace ordinaut
