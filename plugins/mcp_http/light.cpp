#include "light.h"

#include "rpc.h"
#include "sse_writer.h"

namespace mcp_http {
namespace {

using ordinaut::Json;
using ordinaut::Request;

constexpr std::chrono::seconds kBeat{5};

const char* const kMount = "/ext/mcp_http";

void meta(Request& r) {
    r.json({{"server", "ordinaut-mcp-http"},
            {"version", ORDINAUT_EXTENSION_VERSION},
            {"capabilities", Json::array({"handshake", "list_tools", "invoke", "schema", "sse"})},
            {"mcp", std::string(kMount) + "/mcp"}});
}

void handshake(Request& r) {
    const Json client = r.body().empty() ? Json::object() : r.body_json();
    if (!client.is_object())
        throw ordinaut::HttpError(422, R"(the body must be an object, e.g. {"name": "my client"})");
    const std::string mount = kMount;
    r.json({{"server",
             {{"name", "ordinaut-mcp-http"},
              {"version", ORDINAUT_EXTENSION_VERSION},
              {"protocol", "mcp-http-lite/0.1"}}},
            {"client", client},
            {"endpoints",
             {{"mcp", mount + "/mcp"},
              {"tools", mount + "/tools"},
              {"invoke", mount + "/tools/{name}"},
              {"schema", mount + "/schema"},
              {"stream", mount + "/stream"}}}});
}

Json all_tools(const Request& r) { return Json::parse(r.host().tools()); }

const Json& member(const Json& object, std::string_view name) {
    static const Json kNone;
    const Json* found = object.find(name);
    return found == nullptr ? kNone : *found;
}

void list(Request& r) {
    Json tools = Json::array();
    const Json all = all_tools(r);
    for (const Json& tool : all.items())
        tools.push({{"name", member(tool, "name")}, {"description", member(tool, "description")}});
    r.json(tools);
}

// 404 when there is none.
Json tool_of(Request& r) {
    const std::string name = r.param("name");
    const Json all = all_tools(r);
    for (const Json& tool : all.items())
        if (member(tool, "name").as_string() == name) return tool;
    throw ordinaut::HttpError(
        404, "there is no tool '" + excerpt(name) + "'; GET " + kMount + "/tools has their names");
}

Json shown(const Json& tool) {
    const Json& output = member(tool, "output_schema");
    return {{"name", member(tool, "name")},
            {"description", member(tool, "description")},
            {"input_schema", member(tool, "input_schema")},
            {"output_schema", output.is_null() ? Json::object() : output}};
}

void show(Request& r) { r.json(shown(tool_of(r))); }

void invoke(Request& r) {
    const Json name = member(tool_of(r), "name");
    const Json input = r.body().empty() ? Json::object() : r.body_json();
    const Json call{{"name", name}, {"input", input}};
    const auto reply = r.later();
    r.host().core(&reply.completion(), "tools.invoke", call.text(),
                  [reply, name](const ordinaut::Answer& answer) {
                      if (answer.status == ORD_E_DENIED || answer.status == ORD_E_RATE_LIMITED)
                          return reply.completion().fail(answer.status, answer.message);
                      if (answer.ok())
                          return reply.json(
                              {{"ok", true}, {"tool", name}, {"result", Json::parse(answer.json)}});
                      Json failed{{"ok", false}, {"tool", name}, {"error", answer.message}};
                      const Json head = answer.json.empty() ? Json() : Json::parse(answer.json);
                      if (const Json* details = head.find("details"))
                          failed.set("details", *details);
                      reply.json(failed);
                  });
}

void schema(Request& r) {
    Json tools = Json::object();
    const Json all = all_tools(r);
    for (const Json& tool : all.items())
        tools.set(member(tool, "name").as_string(), member(tool, "input_schema"));
    const Json text{{"type", "string"}};
    r.json({{"$schema", "https://json-schema.org/draft/2020-12/schema"},
            {"title", "mcp-http-lite"},
            {"type", "object"},
            {"properties",
             {{"handshake", {{"type", "object"}}},
              {"invoke", {{"type", "object"}, {"properties", tools}}},
              {"tool",
               {{"type", "object"},
                {"properties",
                 {{"name", text},
                  {"description", text},
                  {"input_schema", {{"type", "object"}}},
                  {"output_schema", {{"type", "object"}}}}}}}}}});
}

// Beats until the client leaves; the host cancels the timer with the extension.
void beat(const ordinaut::Host& host, const std::shared_ptr<SseWriter>& writer, int tick) {
    if (writer->reply().canceled()) return;
    writer->send(
        ordinaut::Stream::format_event("heartbeat", "{\"tick\":" + std::to_string(tick) + "}"));
    host.after(kBeat, [host, writer, tick](const ordinaut::Answer& answer) {
        if (answer.ok()) beat(host, writer, tick + 1);
    });
}

void stream(Request& r) {
    beat(r.host(), SseWriter::open(r.host(), r.later(), [] {}), 1);
}

}  // namespace

void add_light_routes(ordinaut::Setup& setup) {
    setup.get("/meta", meta);
    setup.get("/handshake", handshake);
    setup.post("/handshake", handshake);
    setup.get("/tools", list);
    setup.get("/tools/{name}", show);
    setup.post("/tools/{name}", invoke);
    setup.get("/tools/{name}/schema", show);
    setup.get("/schema", schema);
    setup.get("/stream", stream);
}

}  // namespace mcp_http
