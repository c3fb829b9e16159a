// The handlers of the operation table, one file per tag (tasks.cpp, runs.cpp, …). Their contract is
// the declaration in table.cpp; input has been validated against the schema and the scope checked.
#pragma once
#include "operations/operation.h"

namespace ordinaut::operations {

Result<Reply> create_task(Services&, const Call&);
Result<Reply> list_tasks(Services&, const Call&);
Result<Reply> get_task(Services&, const Call&);
Result<Reply> update_task(Services&, const Call&);
Result<Reply> delete_task(Services&, const Call&);
Result<Reply> run_task_now(Services&, const Call&);
Result<Reply> snooze_task(Services&, const Call&);
Result<Reply> pause_task(Services&, const Call&);
Result<Reply> resume_task(Services&, const Call&);
Result<Reply> cancel_task(Services&, const Call&);
Result<Reply> task_occurrences(Services&, const Call&);

Result<Reply> list_runs(Services&, const Call&);
Result<Reply> get_run(Services&, const Call&);
Result<Reply> run_events(Services&, const Call&);
Result<Reply> run_logs(Services&, const Call&);
Result<Reply> cancel_run(Services&, const Call&);
Result<Reply> retry_run(Services&, const Call&);
Result<Reply> replay_run(Services&, const Call&);
Result<Reply> latest_run(Services&, const Call&);
Result<Reply> task_run_stats(Services&, const Call&);
Result<Reply> run_summary(Services&, const Call&);
Result<Reply> run_timeline(Services&, const Call&);

Result<Reply> preview_schedule(Services&, const Call&);
Result<Reply> validate_pipeline(Services&, const Call&);
Result<Reply> render_pipeline(Services&, const Call&);
Result<Reply> eval_expression(Services&, const Call&);

Result<Reply> put_calendar(Services&, const Call&);
Result<Reply> get_calendar(Services&, const Call&);
Result<Reply> list_calendars(Services&, const Call&);
Result<Reply> delete_calendar(Services&, const Call&);

Result<Reply> put_secret(Services&, const Call&);
Result<Reply> list_secrets(Services&, const Call&);
Result<Reply> delete_secret(Services&, const Call&);

Result<Reply> create_agent(Services&, const Call&);
Result<Reply> list_agents(Services&, const Call&);
Result<Reply> get_agent(Services&, const Call&);
Result<Reply> update_agent(Services&, const Call&);
Result<Reply> delete_agent(Services&, const Call&);
Result<Reply> new_credentials(Services&, const Call&);
Result<Reply> issue_token(Services&, const Call&);
Result<Reply> refresh_token(Services&, const Call&);
Result<Reply> redeem_login_link(Services&, const Call&);
Result<Reply> revoke_tokens(Services&, const Call&);
Result<Reply> open_session(Services&, const Call&);
Result<Reply> end_session(Services&, const Call&);
Result<Reply> who_am_i(Services&, const Call&);

Result<Reply> publish_event(Services&, const Call&);
Result<Reply> list_topics(Services&, const Call&);
Result<Reply> recent_events(Services&, const Call&);
Result<Reply> clean_events(Services&, const Call&);

Result<Reply> queue_status(Services&, const Call&);
Result<Reply> pause_queue(Services&, const Call&);
Result<Reply> resume_queue(Services&, const Call&);
Result<Reply> list_workers(Services&, const Call&);
Result<Reply> stream_elsewhere(Services&, const Call&);
Result<Reply> health(Services&, const Call&);
Result<Reply> health_live(Services&, const Call&);
Result<Reply> health_ready(Services&, const Call&);
Result<Reply> root(Services&, const Call&);
Result<Reply> openapi(Services&, const Call&);

Result<Reply> list_extensions(Services&, const Call&);
Result<Reply> get_extension(Services&, const Call&);
Result<Reply> load_extension(Services&, const Call&);
Result<Reply> reload_extension(Services&, const Call&);
Result<Reply> set_extension_grants(Services&, const Call&);
Result<Reply> grant_extension(Services&, const Call&);
Result<Reply> revoke_extension(Services&, const Call&);
Result<Reply> configure_extension(Services&, const Call&);
Result<Reply> extension_logs(Services&, const Call&);
Result<Reply> extension_events(Services&, const Call&);
Result<Reply> enable_extension(Services&, const Call&);
Result<Reply> disable_extension(Services&, const Call&);
Result<Reply> list_tools(Services&, const Call&);
Result<Reply> get_tool(Services&, const Call&);
void invoke_tool(Services&, Call, Finish);

}  // namespace ordinaut::operations
