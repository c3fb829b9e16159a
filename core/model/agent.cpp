#include "model/agent.h"

namespace ordinaut {

void write_json(JsonWriter& writer, const Agent& agent) {
    writer.begin_object()
        .field("id", agent.id)
        .field("name", agent.name)
        .key("scopes")
        .begin_array();
    for (const auto& scope : agent.scopes) writer.string(scope);
    writer.end_array()
        .field("enabled", agent.enabled)
        .field("created_at", format_time(agent.created_at))
        .field("updated_at", format_time(agent.updated_at))
        .end_object();
}

}  // namespace ordinaut
