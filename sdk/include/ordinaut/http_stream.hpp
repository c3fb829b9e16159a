// The bodies of Stream's members. Authors need not read it. Included by http_instance.hpp.
#pragma once
#include <condition_variable>

#include "instance.hpp"

namespace ordinaut {

// Nothing more can be said then, so the stream also ends. It may have done so before this call, or
// in the middle of it.
inline void Stream::on_gone(std::function<void()> action) const {
    const auto once = [ran = std::make_shared<std::atomic<bool>>(false),
                       action = std::move(action)] {
        if (!ran->exchange(true)) action();
    };
    completion_.on_cancel([weak = std::weak_ptr(completion_.state_), once] {
        once();
        if (auto state = weak.lock()) Stream(Completion(std::move(state))).end();
    });
    if (completion_.state_->canceled) once();
}

inline Written Stream::write(std::string_view bytes, std::function<void()> when_room) const {
    auto& state = *completion_.state_;
    if (state.done) return Written::kGone;
    return state.instance->write(state.inv, bytes, std::move(when_room));
}
inline bool Stream::write_waiting(std::string_view bytes) const {
    while (true) {
        std::mutex mutex;
        std::condition_variable changed;
        bool room = false;
        const Written written = write(bytes, [&] {
            const std::lock_guard lock(mutex);
            room = true;
            changed.notify_one();
        });
        if (written != Written::kFull) return written == Written::kOk;
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return room; });
    }
}
inline void Stream::end() const {
    auto& state = *completion_.state_;
    if (state.take()) state.instance->http().end(state.instance->self(), state.inv);
}
inline std::string Stream::one_line(std::string_view text) {
    std::string line(text);
    for (char& c : line)
        if (c == '\n' || c == '\r') c = ' ';
    return line;
}
inline std::string Stream::format_event(std::string_view name, std::string_view data,
                                        std::string_view id) {
    std::string text;
    if (!id.empty()) text += "id: " + one_line(id) + "\n";
    if (!name.empty()) text += "event: " + one_line(name) + "\n";
    while (true) {
        const auto end = data.find('\n');
        std::string_view line = data.substr(0, end);
        if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
        text += "data: " + one_line(line) + "\n";
        if (end == std::string_view::npos) break;
        data.remove_prefix(end + 1);
    }
    return text += "\n";
}

}  // namespace ordinaut
