// A task and a run, and what one can do with them.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {openWorld} from './world.mjs';

let world;
before(async () => {
  world = await openWorld();
});
after(() => world?.close());

const state = (page) => page.locator('[data-role=state]');
const control = (page, name) => page.locator('.title').getByRole('button', {name, exact: true});

test('run now leads to the run, which shows its history, steps and result', async () => {
  const task = await world.server.task('Says hello', [
    {id: 'say', uses: 'std.log', with: {level: 'info', message: 'hello from the log'}},
    {id: 'echo', uses: 'std.echo', with: {nested: {answer: 42}}},
  ]);
  const page = await world.loggedIn(`#/tasks/${task.id}`);
  await control(page, 'Run now').click();
  await page.waitForURL(/#\/runs\//);
  await state(page).filter({hasText: 'succeeded'}).waitFor();
  assert.equal(await control(page, 'Retry').count(), 0);
  assert.equal(await control(page, 'Cancel').count(), 0);
  const history = page.locator('.history li');
  assert.deepEqual(await history.locator('.state').allTextContents(), ['ready', 'running', 'succeeded']);
  assert.match(await history.first().textContent(), /for \d+(\.\d)? (ms|s)/);
  await page.getByRole('log').getByText('hello from the log').waitFor();
  const echo = page.locator('.steps > li').nth(1);
  assert.match(await echo.textContent(), /std\.echo.*succeeded/s);
  assert.equal(await echo.getByText('42').count(), 2, 'input and output');
  assert.match(await page.locator('.facts').textContent(), /Trace id\s*[0-9a-f]{32}/);
});

test('a failed run says why, and retries; run again makes another', async () => {
  const task = await world.server.task('Breaks', {uses: 'std.fail', with: {kind: 'terminal', message: 'the far end said no'}}, {max_retries: 0});
  const run = await world.server.finished(await world.server.runNow(task));
  const page = await world.loggedIn(`#/runs/${run.id}`);
  await state(page).filter({hasText: 'failed'}).waitFor();
  const error = page.getByRole('region', {name: 'Error'});
  assert.match(await error.textContent(), /in step a.*the far end said no/s);
  await control(page, 'Retry').click();
  await page.locator('.history .state').filter({hasText: 'failed'}).nth(1).waitFor();
  await control(page, 'Run again').click();
  await page.waitForURL((url) => url.hash.startsWith('#/runs/') && !url.hash.endsWith(run.id));
  await page.getByText('Repeats').waitFor();
});

test('a running run is followed and canceled', async () => {
  const task = await world.server.task('Sleeps', [
    {id: 'say', uses: 'std.log', with: {level: 'info', message: 'about to sleep'}},
    {id: 'sleep', uses: 'std.sleep', with: {seconds: 600}},
  ]);
  const run = await world.server.runNow(task);
  const page = await world.loggedIn(`#/runs/${run.id}`);
  await state(page).filter({hasText: 'running'}).waitFor();
  await page.getByText(/so far/).waitFor();
  await page.getByRole('log').getByText('about to sleep').waitFor();
  await page.locator('.steps > li').filter({hasText: 'say'}).filter({hasText: 'succeeded'}).waitFor();
  assert.equal(await control(page, 'Run again').count(), 0);
  await control(page, 'Cancel').click();
  await state(page).filter({hasText: 'canceled'}).waitFor();
});

test('a task is paused, resumed, snoozed and canceled', async () => {
  const task = await world.server.task('Under control', {uses: 'std.echo', with: {}});
  const page = await world.loggedIn(`#/tasks/${task.id}`);
  await state(page).filter({hasText: 'active'}).waitFor();
  await control(page, 'Pause').click();
  await state(page).filter({hasText: 'paused'}).waitFor();
  assert.equal(await control(page, 'Snooze').count(), 0);
  await control(page, 'Resume').click();
  await state(page).filter({hasText: 'active'}).waitFor();
  const before = (await world.server.call('GET', `/tasks/${task.id}`)).next_run_at;
  await control(page, 'Snooze').click();
  await page.getByRole('dialog').getByRole('button', {name: '1 hour'}).click();
  await page.getByRole('dialog').waitFor({state: 'detached'});
  const then = (await world.server.call('GET', `/tasks/${task.id}`)).next_run_at;
  assert.equal(Date.parse(then) - Date.parse(before), 3_600_000);

  await control(page, 'Cancel').click();
  await page.getByRole('button', {name: 'Keep it'}).click();
  assert.equal((await world.server.call('GET', `/tasks/${task.id}`)).status, 'active');
  await control(page, 'Cancel').click();
  await page.getByRole('button', {name: 'Yes, cancel it'}).click();
  await state(page).filter({hasText: 'canceled'}).waitFor();
  for (const name of ['Run now', 'Pause', 'Resume', 'Snooze', 'Cancel']) assert.equal(await control(page, name).count(), 0, name);
});

test('who may only look is offered no controls', async () => {
  const viewer = await world.server.agentWith('looks on', ['viewer']);
  const {items} = await world.server.call('GET', '/runs?limit=1');
  const {items: agents} = await world.server.call('GET', '/agents');
  const mine = await world.server.task('Of the viewer', {uses: 'std.echo', with: {}}, {created_by: agents.find(({name}) => name === 'looks on').id});
  const page = await world.loggedIn(`#/tasks/${mine.id}`, {as: viewer});
  await page.getByRole('heading', {name: 'Of the viewer'}).waitFor();
  assert.equal(await page.locator('.title').getByRole('button').count(), 0);
  assert.equal(await page.getByRole('link', {name: 'Edit'}).count(), 0);
  await page.goto(`${world.url}#/runs/${items[0].id}`);
  await page.getByText('There is nothing at this address').waitFor();
});

test('an address of nothing says so', async () => {
  const page = await world.loggedIn('#/runs/01900000-0000-7000-8000-000000000000');
  await page.getByText('There is nothing at this address').waitFor();
});

test('nothing was complained of', () => {
  assert.deepEqual(world.complaints, []);
});
