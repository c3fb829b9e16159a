#include "events/event_bus.h"

namespace ordinaut::events {
namespace {

constexpr size_t kNameMax = 200;

bool is_topic(std::string_view topic) {
    if (topic.empty() || topic.size() > kNameMax) return false;
    bool segment_empty = true;
    for (const unsigned char c : topic) {
        if (c == '.' && segment_empty) return false;
        if (c != '.' && !isalnum(c) && c != '_' && c != '-') return false;
        segment_empty = c == '.';
    }
    return !segment_empty;
}

}  // namespace

Status check(const NewEvent& event) {
    if (!is_topic(event.topic))
        return invalid("/topic",
                       "must be 1 to 200 characters: letters, digits, '_' and '-' in segments "
                       "between dots, such as orders.created");
    if (event.source.size() > kNameMax) return invalid("/source", "must have at most 200 bytes");
    if (event.event_id.size() > kNameMax)
        return invalid("/event_id", "must have at most 200 bytes");
    if (event.payload_json.size() > kPayloadBytesMax)
        return Error{ErrorCode::kTooLarge,
                     "the payload has " + std::to_string(event.payload_json.size()) +
                         " bytes; the limit is " + std::to_string(kPayloadBytesMax)};
    return ok();
}

}  // namespace ordinaut::events
