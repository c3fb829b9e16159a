// A whole conversation with the server, as an assistant would have it, through an official client.
//   node conversation.mjs URL TOKEN 2025|2026
// Prints "ok" and exits 0, or says what was not as it should be.
import assert from "node:assert/strict";
import crypto from "node:crypto";
import {connect} from "./connect.mjs";

const [url, token, era] = process.argv.slice(2);

const {client, bye} = await connect(url, token, era);
async function call(name, args = {}, more) {
  const params = {name, arguments: args};
  const result = era === "2025" ? await client.callTool(params, undefined, more) : await client.callTool(params, more);
  if (!result.isError) assert.deepEqual(JSON.parse(result.content[0].text), result.structuredContent);
  return result;
}
const done = async (...args) => {
  const result = await call(...args);
  assert.ok(!result.isError, result.content[0].text);
  return result.structuredContent;
};
const refused = async (...args) => {
  const result = await call(...args);
  assert.ok(result.isError, JSON.stringify(result));
  return result.content[0].text;
};

// What there is.
const {tools} = await client.listTools();
for (const name of ["preview_schedule", "create_task", "update_task", "list_tasks", "get_task", "run_task_now", "get_run", "list_runs",
  "cancel_run", "cancel_task", "pause_task", "resume_task", "snooze_task", "list_actions", "publish_event"]) {
  const tool = tools.find((one) => one.name === name);
  assert.ok(tool, `${name} is listed`);
  assert.ok(tool.description.length >= 40 && tool.title && tool.outputSchema, name);
  assert.equal(tool.inputSchema.additionalProperties, false);
  for (const argument of Object.values(tool.inputSchema.properties)) assert.ok(argument.description, name);
}
// No "type": [..] and nothing that would have to be fetched; the same order every time.
const texts = JSON.stringify(tools);
assert.doesNotMatch(texts, /"type":\[/);
assert.doesNotMatch(texts, /"\$ref"/);
assert.ok(tools.every((tool) => /^[A-Za-z0-9_.-]{1,64}$/.test(tool.name)));
assert.equal(JSON.stringify((await client.listTools()).tools), texts);
const {actions} = await done("list_actions", {query: "echo"});
assert.equal(actions[0].name, "std.echo");

// A mistake gets an answer to act on.
const schedule = {schedule_kind: "cron", schedule_expr: "0 8 * * 1-5", timezone: "Europe/Chisinau"};
assert.match(await refused("preview_schedule", {...schedule, schedule_kind: "daily"}), /schedule_kind: must be one of "cron".*look like this: \{/s);
assert.match(await refused("preview_schedule", {...schedule, schedule_expr: "at eight"}), /schedule_expr: /);
assert.match(await refused("preview_schedule", {...schedule, time_zone: "UTC"}), /did you mean 'timezone'/);
assert.match(await refused("get_task", {}), /task_id: is required/);
assert.match(await refused("get_task", {task_id: "0190a6b0-7c1e-7b5a-9f00-3b1c5a7e2d10"}), /list_tasks/);
await assert.rejects(client.callTool({name: "make_coffee", arguments: {}}), (error) => error.code === -32602);

// Preview, create, run, wait, result.
const preview = await done("preview_schedule", {...schedule, count: 3});
assert.equal(preview.occurrences.length, 3);
const wish = {
  title: "From an assistant", ...schedule, idempotency_key: crypto.randomUUID(),
  payload: {params: {name: "you"}, pipeline: [{id: "hi", uses: "std.echo", with: {text: "hello ${params.name}"}}]},
};
const {task, warnings} = await done("create_task", wish);
assert.deepEqual(warnings, []);
assert.equal(task.status, "active");
assert.equal((await done("create_task", wish)).task.id, task.id, "the same key makes no second task");
const {run} = await done("run_task_now", {task_id: task.id});
const ended = await done("get_run", {run_id: run.id, wait_seconds: 30});
assert.equal(ended.run.status, "succeeded");
assert.match(JSON.stringify(ended.run.output), /hello you/);
const listed = await done("list_runs", {task_id: task.id, status: "succeeded"});
assert.deepEqual(listed.runs.map((one) => one.id), [run.id]);
assert.equal(listed.next_cursor, null);

// Progress while waiting; a run that is canceled ends the wait.
const slow = (await done("create_task", {
  title: "Slow", ...schedule, payload: {pipeline: [{id: "nap", uses: "std.sleep", with: {seconds: 600}}]},
})).task;
const sleeping = (await done("run_task_now", {task_id: slow.id})).run;
const seen = [];
let stop;
const waiting = done("get_run", {run_id: sleeping.id, wait_seconds: 60}, {
  onprogress: (progress) => {
    seen.push(progress.progress);
    stop ??= call("cancel_run", {run_id: sleeping.id});
  },
});
assert.equal((await waiting).run.status, "canceled");
assert.ok(!(await stop).isError);
assert.ok(seen.length > 0 && seen.every((value, n) => n === 0 || value > seen[n - 1]), `rising: ${seen}`);

// Steering the task.
assert.equal((await done("pause_task", {task_id: task.id})).task.status, "paused");
assert.match(await refused("snooze_task", {task_id: task.id, delay_seconds: 600}), /paused/);
const resumed = (await done("resume_task", {task_id: task.id})).task;
assert.equal(resumed.status, "active");
const snoozed = (await done("snooze_task", {task_id: task.id, delay_seconds: 600, reason: "later"})).task;
assert.equal(new Date(snoozed.next_run_at) - new Date(resumed.next_run_at), 600_000);
const changed = (await done("update_task", {task_id: task.id, title: "Renamed", expected_version: snoozed.version})).task;
assert.equal(changed.title, "Renamed");
assert.match(await refused("update_task", {task_id: task.id, title: "Late", expected_version: snoozed.version}), /get_task/);
assert.equal((await done("cancel_task", {task_id: task.id, reason: "no longer needed"})).task.status, "canceled");
const pages = await done("list_tasks", {limit: 1});
assert.equal(pages.tasks.length, 1);
const second = await done("list_tasks", {limit: 1, cursor: pages.next_cursor});
assert.notEqual(second.tasks[0].id, pages.tasks[0].id);
assert.ok((await done("publish_event", {topic: "orders.created", payload: {order: 42}})).event.event_id);

await bye();
await client.close();
console.log("ok");
process.exit(0);
