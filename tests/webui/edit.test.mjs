// Writing a task.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {openWorld} from './world.mjs';

let world;
before(async () => {
  world = await openWorld();
});
after(() => world?.close());

const times = (page) => page.locator('.occurrences tbody tr');
const editor = (page) => page.getByRole('textbox', {name: 'Pipeline, as JSON'});

async function type(page, text) {
  await editor(page).click();
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Delete');
  await page.keyboard.insertText(text);
}

test('a task from nothing: the schedule is explained while typing', async () => {
  const page = await world.loggedIn('#/tasks/new');
  await page.getByLabel('Title').fill('Morning post');
  await page.getByLabel('Time zone').fill('Europe/Chisinau');
  await page.getByLabel('Cron line').fill('30 3 * * *');
  await page.getByText('Every day at 03:30 (Europe/Chisinau).').waitFor();
  assert.equal(await times(page).count(), 10);
  assert.match(await times(page).first().textContent(), /03:30 \+0[23]:00.*\d{4}-\d\d-\d\d 0[01]:30/);
  await page.getByText(/does not exist in Europe\/Chisinau/).first().waitFor();

  await page.getByLabel('Cron line').fill('30 3 * * 9x');
  await page.getByRole('alert').filter({hasText: "field 'day of week' has '9x'"}).waitFor();
  await page.getByLabel('Cron line').fill('15 6 * * *');
  await page.getByText('Every day at 06:15').waitFor();
  await page.getByRole('button', {name: 'Create task'}).click();
  await page.getByRole('heading', {name: 'Morning post'}).waitFor();
  const id = new URL(page.url()).hash.split('/').at(-1);
  const task = await world.server.call('GET', `/tasks/${id}`);
  assert.equal(task.schedule_expr, '15 6 * * *');
  assert.equal(task.payload.pipeline[0].uses, 'std.echo');
});

test('what summer time does is said in the language of the page', async () => {
  for (const [locale, label, warning] of [
    ['ro-RO', 'Linie cron', /\d{4}-03-\d\dT03:30:00 nu există în Europe\/Chisinau \(ceasurile se dau înainte\): rulează la/],
    ['ru-RU', 'Строка cron', /в Europe\/Chisinau нет времени \d{4}-03-\d\dT03:30:00 \(часы переводят вперёд\): запуск в/],
  ]) {
    const page = await world.loggedIn('#/tasks/new', {locale});
    await page.getByLabel(label).fill('30 3 * * *');
    await page.getByText(warning).first().waitFor();
    await page.context().close();
  }
});

test('the builder writes cron lines and recurrence rules', async () => {
  const page = await world.loggedIn('#/tasks/new');
  await page.getByRole('combobox', {name: 'Every'}).selectOption('week');
  await page.getByLabel('Thu').check();
  await page.getByLabel('Time', {exact: true}).fill('07:45');
  assert.equal(await page.getByLabel('Cron line').inputValue(), '45 7 * * 1,4');
  await page.getByRole('button', {name: 'Recurrence rule'}).click();
  await page.getByLabel('Interval').fill('2');
  await page.getByRole('combobox', {name: 'Every'}).selectOption('month');
  await page.getByLabel('How many times').fill('6');
  assert.equal(await page.getByLabel('Rule (RFC 5545)').inputValue(), 'FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=1;BYHOUR=9;BYMINUTE=0;COUNT=6');
  await page.waitForFunction(() => document.querySelectorAll('.occurrences tbody tr').length === 6);
  await page.getByRole('button', {name: 'Once'}).click();
  await page.getByLabel('Date and time').fill('2031-05-06T07:08:09');
  await page.waitForFunction(() => document.querySelectorAll('.occurrences tbody tr').length === 1);
});

test('a schedule typed by hand is read back into the fields, where they can say it', async () => {
  const page = await world.loggedIn('#/tasks/new');
  const unit = page.getByRole('combobox', {name: 'Every'});
  await page.getByLabel('Cron line').fill('*/15 * * * *');
  assert.equal(await unit.inputValue(), 'minute');
  assert.equal(await page.getByLabel('Interval').inputValue(), '15');
  await page.getByLabel('Cron line').fill('5 18 * * 2,5');
  assert.equal(await unit.inputValue(), 'week');
  assert.equal(await page.getByLabel('Fri').isChecked(), true);
  assert.equal(await page.getByLabel('Mon').isChecked(), false);
  assert.equal(await page.getByLabel('Time', {exact: true}).inputValue(), '18:05');
  const beyond = page.getByText('The expression says more than these fields can');
  assert.equal(await beyond.count(), 0);
  await page.getByLabel('Cron line').fill('0 9 1-7 * 1');
  await beyond.waitFor();
  await page.getByRole('button', {name: 'Recurrence rule'}).click();
  await page.getByLabel('Rule (RFC 5545)').fill('FREQ=DAILY;COUNT=3;INTERVAL=2;BYHOUR=1;BYMINUTE=30');
  assert.equal(await page.getByLabel('Interval').inputValue(), '2');
  assert.equal(await page.getByLabel('How many times').inputValue(), '3');
  assert.equal(await page.getByLabel('Time', {exact: true}).inputValue(), '01:30');
  await page.getByLabel('Rule (RFC 5545)').fill('FREQ=YEARLY;BYEASTER=0');
  await beyond.waitFor();
});

test('a task waits for events: its topic is checked, and what is published runs it', async () => {
  const page = await world.loggedIn('#/tasks/new');
  await page.getByLabel('Title').fill('Large orders');
  await page.getByRole('button', {name: 'On an event'}).click();
  assert.equal(await page.getByLabel('Source, as JSON').count(), 0);
  const field = page.locator('.field', {has: page.getByLabel('Topic')});
  await page.getByLabel('Topic').fill('orders.#.paid');
  await field.getByRole('alert').filter({hasText: "'#' at the end"}).waitFor();
  await page.getByLabel('Topic').fill('orders.*.paid');
  await page.getByText("Whenever an event is published to a topic like 'orders.*.paid'.").waitFor();
  await page.getByRole('button', {name: 'Create task'}).click();
  await page.getByRole('heading', {name: 'Large orders'}).waitFor();
  const id = new URL(page.url()).hash.split('/').at(-1);
  const task = await world.server.call('GET', `/tasks/${id}`);
  assert.equal(task.schedule_kind, 'event');
  assert.equal(task.overlap, 'allow');

  await world.server.call('POST', '/events', {topic: 'orders.17.refused', payload: {}});
  await world.server.call('POST', '/events', {topic: 'orders.17.paid', payload: {customer: 'Ion'}});
  const runs = page.locator('tbody tr[data-id]');
  await runs.filter({hasText: 'succeeded'}).waitFor();
  assert.equal(await runs.count(), 1);
  await runs.getByRole('link').first().click();
  await page.getByRole('heading', {name: 'Event orders.17.paid'}).waitFor();
  await page.getByRole('region', {name: 'Event orders.17.paid'}).getByText('"Ion"').waitFor();

  await page.goto(`${world.url}#/tasks/${id}/edit`);
  await page.getByLabel('Topic').fill('orders.#');
  // While typing the form says so too: it is saved when the task's own page says it.
  await page.getByRole('button', {name: 'Save'}).click();
  await page.waitForURL((url) => url.hash === `#/tasks/${id}`);
  await page.getByText("Whenever an event is published to a topic like 'orders.#'.").waitFor();
  await world.server.call('POST', '/events', {topic: 'orders.18.items.packed', payload: {}});
  await runs.nth(1).filter({hasText: 'succeeded'}).waitFor();
});

test('a condition has fields of its own, and is accepted', async () => {
  const page = await world.loggedIn('#/tasks/new');
  await page.getByLabel('Title').fill('Deep queue');
  await page.getByRole('button', {name: 'On a condition'}).click();
  await page.getByRole('button', {name: 'Another task'}).click();
  assert.match(await page.getByLabel('Source, as JSON').inputValue(), /"kind": "task"/);
  const source = page.locator('.field', {has: page.getByLabel('Source, as JSON')});
  await source.getByRole('alert').first().waitFor();
  await page.getByLabel('Source, as JSON').fill('{"kind": ');
  await source.getByRole('alert').filter({hasText: 'not JSON'}).waitFor();
  await page.getByRole('button', {name: 'Queue', exact: true}).click();
  await page.getByLabel('Look every, seconds').fill('30');
  await page.getByLabel('A run starts when it').selectOption('level');
  await page.getByText(/Runs at every check while .*checked every 30 s/).waitFor();
  const sent = page.waitForRequest((request) => request.method() === 'POST' && request.url().endsWith('/tasks'));
  await page.getByRole('button', {name: 'Create task'}).click();
  const {schedule_kind, schedule_expr, condition} = (await sent).postDataJSON();
  assert.equal(schedule_kind, 'condition');
  assert.equal(schedule_expr, 'depth > `100`');
  assert.deepEqual(condition, {source: {kind: 'queue'}, interval_seconds: 30, edge: 'level', for_seconds: 0, cooldown_seconds: 0});
  await page.getByRole('heading', {name: 'Deep queue'}).waitFor();
  await page.getByText(/Runs at every check while .*checked every 30 s/).waitFor();
});

test('the editor completes tools and what they take', async () => {
  const page = await world.loggedIn('#/tasks/new');
  const options = page.locator('.cm-tooltip-autocomplete [role=option]');
  await type(page, '{"pipeline": [{"id": "a", "uses": ""}]}');
  for (let n = 0; n < 4; ++n) await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Control+Space');
  await options.filter({hasText: 'std.sleep'}).waitFor();
  await page.keyboard.type('std.sl');
  await options.filter({hasText: 'std.echo'}).waitFor({state: 'detached'});
  await page.keyboard.press('Enter');
  await editor(page).filter({hasText: '"uses": "std.sleep"'}).waitFor();

  await type(page, '{"params": {"city": "Chisinau"}, "pipeline": [{"id": "a", "uses": "std.sleep", "with": {}}]}');
  for (let n = 0; n < 4; ++n) await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Control+Space');
  await options.filter({hasText: 'seconds'}).click();
  await editor(page).filter({hasText: '"seconds": 0'}).waitFor();
});

test('a step is added with what its tool needs', async () => {
  const page = await world.loggedIn('#/tasks/new');
  await page.getByRole('option', {name: 'std.fail'}).waitFor({state: 'attached'});
  await page.getByLabel('Add a step').selectOption('std.fail');
  await editor(page).filter({hasText: '"kind": "retryable"'}).waitFor();
  await page.getByText('The pipeline is valid.').waitFor();
});

test('what is wrong with a pipeline stands at its place', async () => {
  const page = await world.loggedIn('#/tasks/new');
  await type(page, '{"pipeline": [{"id": "a", "uss": "std.echo", "with": {"x": "${steps.b.a}"}}]}');
  await page.getByText("unknown key; did you mean 'uses'?").first().waitFor();
  await page.locator('.cm-lintRange-error').first().waitFor();
  await page.getByLabel('Title').fill('Not yet');
  const refused = page.waitForResponse((answer) => answer.url().endsWith('/tasks') && answer.status() === 422);
  await page.getByRole('button', {name: 'Create task'}).click();
  await refused;
  assert.match(page.url(), /tasks\/new$/);
  await type(page, '{"pipeline": [');
  await page.getByText(/This is not JSON yet/).first().waitFor();
  assert.equal(await page.getByRole('button', {name: 'Dry run'}).isDisabled(), true);
});

test('a missing title is said at the title', async () => {
  const page = await world.loggedIn('#/tasks/new');
  await page.getByText('The pipeline is valid.').waitFor();
  await page.getByRole('button', {name: 'Create task'}).click();
  await page.locator('.field', {has: page.getByLabel('Title')}).getByRole('alert').waitFor();
});

test('a dry run renders and calls nothing', async () => {
  const page = await world.loggedIn('#/tasks/new');
  await type(page, '{"params": {"n": 6}, "pipeline": [{"id": "a", "uses": "std.echo", "with": {"times": "${params.n}"}}]}');
  await page.getByText('The pipeline is valid.').waitFor();
  const before = (await world.server.call('GET', '/runs')).total;
  await page.getByRole('button', {name: 'Dry run'}).click();
  await page.getByRole('list', {name: 'Dry run'}).getByText('times: 6').waitFor();
  assert.equal((await world.server.call('GET', '/runs')).total, before);
});

test('an edit sends what changed, and tells when someone else was faster', async () => {
  const task = await world.server.task('First title', {uses: 'std.echo', with: {}});
  const page = await world.loggedIn(`#/tasks/${task.id}`);
  await page.getByRole('link', {name: 'Edit'}).click();
  await page.getByLabel('Title').fill('Second title');
  const sent = page.waitForRequest((request) => request.method() === 'PUT');
  await page.getByRole('button', {name: 'Save'}).click();
  assert.deepEqual((await sent).postDataJSON(), {title: 'Second title'});
  await page.getByRole('heading', {name: 'Second title'}).waitFor();

  await page.getByRole('link', {name: 'Edit'}).click();
  await page.getByLabel('Title').fill('Third title');
  await world.server.call('PUT', `/tasks/${task.id}`, {title: 'Theirs'});
  await page.getByRole('button', {name: 'Save'}).click();
  await page.getByText('Someone else changed this task meanwhile.').waitFor();
  await page.getByRole('button', {name: 'Reload'}).click();
  await page.getByRole('heading', {name: 'Theirs'}).waitFor();
});

test('nothing was complained of', () => {
  assert.deepEqual(world.complaints, []);
});
