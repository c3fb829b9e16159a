#include "ext/arguments.h"

#include "ext/handles.h"

namespace ordinaut::ext {
namespace {

// Bytes of the UTF-8 sequence at the front of `text`, 0 when it is broken. RFC 3629: no overlong
// forms, no surrogates.
size_t sequence(std::string_view text) {
    const auto byte = [&](size_t n) { return static_cast<unsigned char>(text[n]); };
    const unsigned char first = byte(0);
    if (first < 0x80) return 1;
    const size_t size = first >= 0xC2 && first < 0xE0   ? 2
                        : first >= 0xE0 && first < 0xF0 ? 3
                        : first >= 0xF0 && first < 0xF5 ? 4
                                                        : 0;
    if (size == 0 || text.size() < size) return 0;
    for (size_t n = 1; n < size; ++n)
        if ((byte(n) & 0xC0) != 0x80) return 0;
    if ((first == 0xE0 && byte(1) < 0xA0) || (first == 0xED && byte(1) >= 0xA0) ||
        (first == 0xF0 && byte(1) < 0x90) || (first == 0xF4 && byte(1) >= 0x90))
        return 0;
    return size;
}

HandleTable<std::string>& buffers() {
    static HandleTable<std::string> table(HandleKind::kBuffer);
    return table;
}

}  // namespace

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const size_t size = sequence(text);
        if (size == 0) return false;
        text.remove_prefix(size);
    }
    return true;
}

std::string clean(std::string_view text, size_t bytes_max) {
    std::string out;
    while (!text.empty()) {
        const size_t size = sequence(text);
        if (out.size() + size > bytes_max) return out + "… (cut)";
        if (size == 0 || text.front() == '\0')
            out.push_back('?');
        else
            out.append(text.substr(0, size));
        text.remove_prefix(std::max<size_t>(size, 1));
    }
    return out;
}

ord_buf make_buffer(std::string text) {
    const auto held = std::make_shared<std::string>(std::move(text));
    const ord_str data{held->data(), held->size()};
    return {data, buffers().add(held)};
}

void release_buffer(ord_handle owner) { buffers().drop(owner); }

}  // namespace ordinaut::ext
