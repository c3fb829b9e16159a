// Reading what comes over the ABI: bounded, and never trusted to be text.
#pragma once
#include <ordinaut/extension.h>

#include <memory>
#include <string>
#include <string_view>

namespace ordinaut::ext {

constexpr uint64_t kTextBytesMax = 64u << 20;

// Empty for a null pointer.
inline std::string_view text_of(ord_str s) {
    return s.ptr == nullptr
               ? std::string_view()
               : std::string_view(s.ptr, s.len < kTextBytesMax ? s.len : kTextBytesMax);
}

bool is_utf8(std::string_view text);
// The same text with every broken byte as '?', cut (and marked) at `bytes_max`.
std::string clean(std::string_view text, size_t bytes_max);

// Hands `text` to the extension, which gives it back with buf_release.
ord_buf make_buffer(std::string text);
void release_buffer(ord_handle owner);

}  // namespace ordinaut::ext
