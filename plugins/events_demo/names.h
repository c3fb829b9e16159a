// What callers may call things. Each check throws an error that says what would be right: 422 with
// the pointer.
#pragma once
#include <string>

// 1 to 200 letters, digits, '_' and '-' in segments between dots.
void check_name(const std::string& name);
// The same; "*" may stand for one segment, "#" at the end for all that are left.
void check_pattern(const std::string& pattern);
bool has_wildcard(const std::string& pattern);
// [A-Za-z0-9_-]{1,64}
void check_word(const char* pointer, const std::string& word);
// "0", or the id of an event: "1772352000000-0".
void check_event_id(const char* pointer, const std::string& id);
