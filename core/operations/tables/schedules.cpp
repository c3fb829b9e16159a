#include "operations/tables/tables.h"

namespace ordinaut::operations {

std::vector<Operation> schedules_table() {
    return {
        {.id = "schedules.preview",
         .method = Method::kPost,
         .path = "/schedules/preview",
         .tag = "schedules",
         .summary = "Show when a schedule fires",
         .description = "The very code the scheduler uses.",
         .input = "PreviewRequest",
         .output = "Preview",
         .example =
             R"({"schedule_kind":"cron","schedule_expr":"0 8 * * 1-5","timezone":"Europe/Chisinau","count":3})",
         .cli = "preview",
         .mcp = "preview_schedule",
         .handler = preview_schedule},
        {.id = "calendars.put",
         .method = Method::kPut,
         .path = "/calendars/{name}",
         .scope = "tasks:write",
         .effect = Effect::kWrite,
         .tag = "schedules",
         .summary = "Set an exclusion calendar",
         .description = "Dates, or an iCalendar file. Tasks name it in `calendars`; what falls "
                        "into it does not run and is recorded with that reason.",
         .input = "CalendarPut",
         .output = "Calendar",
         .example =
             R"({"name":"holidays","dates":["2026-12-25","2026-12-31/2027-01-02"],"timezone":"Europe/Chisinau"})",
         .cli = "calendar set",
         .handler = put_calendar},
        {.id = "calendars.list",
         .method = Method::kGet,
         .path = "/calendars",
         .scope = "tasks:read",
         .tag = "schedules",
         .summary = "List exclusion calendars",
         .description =
             "The caller's own, or, for an admin, those of the agent `created_by` names.",
         .input = "CalendarQuery",
         .output = "CalendarList",
         .cli = "calendar list",
         .handler = list_calendars},
        {.id = "calendars.get",
         .method = Method::kGet,
         .path = "/calendars/{name}",
         .scope = "tasks:read",
         .tag = "schedules",
         .summary = "Show an exclusion calendar",
         .input = "CalendarRef",
         .output = "Calendar",
         .example = R"({"name":"holidays"})",
         .cli = "calendar show",
         .handler = get_calendar},
        {.id = "calendars.delete",
         .method = Method::kDelete,
         .path = "/calendars/{name}",
         .scope = "tasks:write",
         .effect = Effect::kDestructive,
         .tag = "schedules",
         .summary = "Delete an exclusion calendar",
         .description = "A conflict while an active or paused task refers to it.",
         .input = "CalendarRef",
         .success = 204,
         .example = R"({"name":"holidays"})",
         .cli = "calendar delete",
         .handler = delete_calendar},
    };
}

}  // namespace ordinaut::operations
