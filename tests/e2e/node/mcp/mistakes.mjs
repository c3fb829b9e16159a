// An assistant's typical mistakes: each answer names the field, says what is allowed, and shows arguments that work, which
// are tried.
//   node mistakes.mjs URL TOKEN 2025|2026
// Prints "ok" and exits 0, or says what was not as it should be.
import assert from "node:assert/strict";
import {connect} from "./connect.mjs";

const [url, token, era] = process.argv.slice(2);
const {client, bye} = await connect(url, token, era);
const call = (name, args) => client.callTool({name, arguments: args});
const done = async (name, args) => {
  const result = await call(name, args);
  assert.ok(!result.isError, result.content[0].text);
  return result.structuredContent;
};

const right = {
  title: "Hello", schedule_kind: "cron", schedule_expr: "0 8 * * 1-5", timezone: "Europe/Chisinau",
  payload: {pipeline: [{id: "hi", uses: "std.echo", with: {text: "hello"}}]},
};
const having = (more) => ({...right, ...more});
const lacking = (name) => Object.fromEntries(Object.entries(right).filter(([key]) => key !== name));
const doing = (step) => having({payload: {pipeline: [step]}});

// The call, and what its answer must say.
const refused = [
  ["create_task", having({timezone: "Europe/Kishinau"}), /^- timezone: unknown time zone 'Europe\/Kishinau'; did you mean Europe\/Chisinau\?$/m],
  ["create_task", having({timezone: "Chisinau"}), /^- timezone: .*did you mean Europe\/Chisinau/m],
  ["create_task", having({schedule_expr: "0 0 8 * * 1-5 2026"}), /^- schedule_expr: .*5 fields \(minute hour day month weekday\) or 6.*has 7$/m],
  ["create_task", having({schedule_expr: "0 25 * * *"}), /^- schedule_expr: field 'hour' has 25, outside 0–23/m],
  ["create_task", lacking("schedule_kind"), /^- schedule_kind: is required, one of "cron", "rrule", "once", "event", "condition"/m],
  ["create_task", doing({uses: "std.echo", with: {text: "x"}}), /^- payload\.pipeline\.0\.id: is required: the step's name$/m],
  ["create_task", doing({id: "hi", use: "std.echo"}), /^- payload\.pipeline\.0\.use: .*did you mean 'uses'\?$/m],
  ["create_task", having({time_zone: "UTC"}), /^- time_zone: is not an argument.*did you mean 'timezone'\? It takes: title, /m],
  ["create_task", having({priority: "high"}), /^- priority: must be a whole number from 1 to 9; "high" was given$/m],
  ["create_task", having({payload: JSON.stringify(right.payload)}), /^- payload: must be an object; /m],
  ["create_task", having({schedule_kind: "once", schedule_expr: "2099-01-31"}), /^- schedule_expr: the time of day is missing .*such as 20\d\d-\d\d-\d\dT/m],
  ["create_task", having({schedule_kind: "once", schedule_expr: "2020-01-31T08:00:00"}), /^- schedule_expr: this time is in the past; now is 20/m],
  ["create_task", having({schedule_kind: "rrule", schedule_expr: "FREQ=DAYLY"}), /^- schedule_expr: .*FREQ=DAYLY.*expected SECONDLY, /m],
  ["create_task", having({schedule_kind: "event", schedule_expr: "orders created"}), /^- schedule_expr: .*such as orders\.\*\.created/m],
  ["create_task", having({schedule_kind: "condition", schedule_expr: "depth > `5`"}), /^- condition: .*\{"source": \{"kind": …\}/m],
  ["create_task", doing({id: "hi", uses: "std.echo", with: {text: "${params.}"}}), /^- payload\.pipeline\.0\.with\.text: \$\{params\.\}: column 8: expected a name/m],
  ["create_task", doing({id: "hi", uses: "std.echo", with: {text: "${params.x"}}), /^- payload\.pipeline\.0\.with\.text: the \$\{ at character 1 has no \}/m],
  ["create_task", doing({id: "hi", uses: "std.echo", with: {text: "${steps.later.text}"}}), /^- payload\.pipeline\.0\.with\.text: no step saves steps\.later/m],
  ["preview_schedule", {schedule_kind: "cron", schedule_expr: "0 8 * * *", timezone: "UTC", after: "2027-01-31"},
    /^- after: must be an RFC 3339 time such as 20/m],
  ["list_tasks", {status: "running"}, /^- status: must be one of "active", "paused", "canceled", "completed"; "running" was given$/m],
  ["list_tasks", {status: "x" + "ж".repeat(100)}, /; "xж{39}… was given$/m],
  ["list_runs", {since: "yesterday"}, /^- since: must be an RFC 3339 time such as 20/m],
  ["publish_event", {topic: "Orders Created", payload: {}}, /^- topic: .*such as orders\.created$/m],
];
for (const [name, args, wanted] of refused) {
  const result = await call(name, args);
  const text = result.content[0].text;
  assert.ok(result.isError, `${name} ${JSON.stringify(args)} → ${text}`);
  assert.match(text, wanted);
  // What it shows instead works, as it stands, and in the language that was tried.
  const example = JSON.parse(text.slice(text.indexOf("look like this: ") + "look like this: ".length));
  if (args.schedule_kind) assert.equal(example.schedule_kind, args.schedule_kind, text);
  await done(name, example);
}

// Names of ids are told without an example that could work.
for (const [name, args, wanted] of [
  ["get_task", {id: "7"}, /^- id: is not an argument.*it takes: task_id[^]*^- task_id: is required: .*list_tasks/m],
  ["get_task", {task_id: 7}, /^- task_id: must be a text; 7 was given$/m],
  ["get_run", {run_id: "the last one"}, /^- run_id: must be an id as lists.*\(a UUID\)/m],
  ["run_task_now", {task_id: "0190a6b0-7c1e-7b5a-9f00-3b1c5a7e2d10"}, /list_tasks shows the ids/],
  ["snooze_task", {task_id: "0190a6b0-7c1e-7b5a-9f00-3b1c5a7e2d10", delay_seconds: "600"}, /^- delay_seconds: must be a whole number from 1 to 31536000; "600" was given$/m],
]) {
  const result = await call(name, args);
  assert.ok(result.isError);
  assert.match(result.content[0].text, wanted);
}
await assert.rejects(call("create_taks", right), (error) => error.code === -32602 && /did you mean 'create_task'/.test(error.message));
await assert.rejects(call("make_coffee", {}), (error) => error.code === -32602 && /tools\/list/.test(error.message));

// What can be saved and will go wrong is said when it is saved.
const saved = [
  [doing({id: "hi", uses: "std.ecko"}), /^payload\.pipeline\.0\.uses: no tool is named 'std\.ecko' at present; did you mean 'std\.echo'\?$/],
  [doing({id: "hi", uses: "std.sleep", with: {sec: 3}}), /^payload\.pipeline\.0\.with.*: std\.sleep will refuse it: /],
  [doing({id: "hi", uses: "std.echo", with: {text: "${params.city}"}}), /^payload\.pipeline\.0\.with\.text: there is no params\.city, .*\$\{params\.city \|\| /],
];
for (const [args, wanted] of saved) {
  const {task, warnings} = await done("create_task", args);
  assert.ok(task.id);
  assert.ok(warnings.some((warning) => wanted.test(warning)), JSON.stringify(warnings));
  const repaired = await done("update_task", {task_id: task.id, payload: right.payload});
  assert.deepEqual(repaired.warnings, []);
  assert.deepEqual((await done("update_task", {task_id: task.id, title: "Renamed"})).warnings, []);
}

await bye();
await client.close();
console.log("ok");
process.exit(0);
