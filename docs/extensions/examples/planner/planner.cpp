// Asks the server for one of its operations. It is done with the identity and scopes of whoever
// called the tool.
#include <ordinaut/ordinaut.hpp>

using ordinaut::Json;

struct Planner : ordinaut::Extension {
    void setup(ordinaut::Setup& s) override {
        s.tool("remind", [](ordinaut::ToolCall& call) {
            const Json step{
                {"id", "say"}, {"uses", "std.log"}, {"with", Json{{"message", call.arg("text")}}}};
            const Json task{
                {"title", "Reminder"},     {"description", ""},
                {"schedule_kind", "once"}, {"schedule_expr", call.arg("at")},
                {"timezone", "UTC"},       {"payload", Json{{"pipeline", Json::array({step})}}}};
            // `answer` runs on a thread of the host's, later; the kept call goes along.
            call.host().core(&call.completion(), "tasks.create", task.text(),
                             [kept = call.later()](const ordinaut::Answer& answer) {
                                 if (!answer.ok())
                                     return kept.fail(answer.status, "the task was not created: " +
                                                                         answer.message);
                                 const Json created = Json::parse(answer.json);
                                 const Json* id = created.find("id");
                                 kept.ok({{"task_id", id == nullptr ? Json("") : *id}});
                             });
        });
    }
};
ORDINAUT_EXTENSION(Planner)
