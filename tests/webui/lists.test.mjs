// Tasks and runs as tables.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {openWorld} from './world.mjs';

let world;
before(async () => {
  world = await openWorld();
});
after(() => world?.close());

const rows = (page) => page.locator('tbody tr[data-id]');
const row = (page, text) => rows(page).filter({hasText: text});

test('new rows appear and states change in place', async () => {
  const page = await world.loggedIn('#/runs');
  await page.getByText('No run here yet.').waitFor();
  const task = await world.server.task('Sleeps until canceled', {uses: 'std.sleep', with: {seconds: 600}});
  const run = await world.server.runNow(task);
  await row(page, 'Sleeps until canceled').filter({hasText: 'running'}).waitFor();
  const element = await rows(page).first().elementHandle();
  await world.server.call('POST', `/runs/${run.id}/cancel`, {});
  await row(page, 'Sleeps until canceled').filter({hasText: 'canceled'}).waitFor();
  assert.ok(await element.evaluate((node) => node.isConnected && node.textContent.includes('canceled')), 'the same row, changed');
});

test('a task shows its last run without being reloaded', async () => {
  const task = await world.server.task('Shows its last run', {uses: 'std.echo', with: {}});
  const page = await world.loggedIn('#/tasks');
  await row(page, 'Shows its last run').waitFor();
  await world.server.runNow(task);
  await row(page, 'Shows its last run').filter({hasText: 'succeeded'}).waitFor();
});

test('filters, search and order are in the address', async () => {
  const paused = await world.server.task('Aardvark census', {uses: 'std.echo', with: {}}, {priority: 9});
  await world.server.call('POST', `/tasks/${paused.id}/pause`, {});
  await world.server.task('Zebra census', {uses: 'std.echo', with: {}}, {priority: 1});
  const page = await world.loggedIn('#/tasks');
  await page.getByLabel('Name or id').fill('census');
  await row(page, 'Zebra').waitFor();
  await page.getByRole('button', {name: 'Priority'}).click();
  await page.waitForURL(/sort=priority/);
  assert.match(await rows(page).first().textContent(), /Zebra/);
  await page.getByRole('button', {name: 'Priority'}).click();
  await page.waitForURL(/sort=-priority/);
  assert.match(await rows(page).first().textContent(), /Aardvark/);
  assert.equal(await page.locator('th.col-priority').getAttribute('aria-sort'), 'descending');
  await page.getByLabel('Status').selectOption('paused');
  await row(page, 'Zebra').waitFor({state: 'detached'});
  await row(page, 'Aardvark').waitFor();
  assert.equal(await rows(page).count(), 1);

  const again = await world.loggedIn(new URL(page.url()).hash);
  await row(again, 'Aardvark').waitFor();
  assert.equal(await rows(again).count(), 1);
  assert.equal(await again.getByLabel('Name or id').inputValue(), 'census');
  await again.getByRole('button', {name: 'Clear filters'}).click();
  await row(again, 'Zebra').waitFor();
  await again.getByLabel('Name or id').fill(paused.id.slice(-12));
  await row(again, 'Zebra').waitFor({state: 'detached'});
  await row(again, 'Aardvark').waitFor();
});

test('a whole id in the search of runs opens its run', async () => {
  const run = await world.server.runNow(await world.server.task('Found by id', {uses: 'std.echo', with: {}}));
  const page = await world.loggedIn('#/runs');
  await page.getByRole('searchbox').fill(run.id);
  await page.keyboard.press('Enter');
  await page.waitForURL(`**/#/runs/${run.id}`);
});

test('an owner is a filter', async () => {
  const other = await world.server.call('POST', '/agents', {name: 'somebody', scopes: ['tasks:read', 'tasks:write']});
  await world.server.task('Belongs to somebody', {uses: 'std.echo', with: {}}, {created_by: other.agent_id});
  const page = await world.loggedIn('#/tasks');
  await row(page, 'Zebra').waitFor();
  await page.getByLabel('Owner').selectOption({label: 'somebody'});
  await row(page, 'Zebra').waitFor({state: 'detached'});
  assert.match(await row(page, 'Belongs').textContent(), /somebody/);

  const {items} = await world.server.call('GET', '/tasks?q=Belongs');
  await world.server.finished(await world.server.runNow(items[0]));
  await page.getByRole('link', {name: 'Runs'}).click();
  await row(page, 'Found by id').waitFor();
  await page.getByLabel('Owner').selectOption({label: 'somebody'});
  await row(page, 'Found by id').waitFor({state: 'detached'});
  await row(page, 'Belongs').waitFor();
  assert.equal(await rows(page).count(), 1);
});

test('the oldest runs come first when asked for', async () => {
  const page = await world.loggedIn('#/runs?sort=queued');
  await row(page, 'Sleeps until canceled').waitFor();
  assert.match(await rows(page).first().textContent(), /Sleeps until canceled/);
  await page.locator('th.col-queued button').click();
  await page.waitForURL(/sort=-queued/);
  assert.match(await rows(page).last().textContent(), /Sleeps until canceled/);
});

test('more than a thousand rows: the server sorts, pages come as one scrolls, and only what is in sight is in the document', async () => {
  const create = async (from) => {
    for (let n = from; n < 1000; n += 8) await world.server.task(`Many ${String(n).padStart(4, '0')}`, {uses: 'std.echo', with: {}});
  };
  await Promise.all(Array.from({length: 8}, (_, from) => create(from)));
  const page = await world.loggedIn('#/tasks?q=Many&sort=title');
  await page.getByText('200 of 1,000').waitFor();
  await row(page, 'Many 0000').waitFor();
  assert.ok((await rows(page).count()) < 60);
  await page.locator('th.col-title button').click();
  await row(page, 'Many 0999').waitFor();
  const box = page.getByRole('region', {name: 'Tasks'});
  await box.evaluate((element) => element.scrollTo(0, element.scrollHeight));
  await page.getByText('400 of 1,000').waitFor();
  await row(page, 'Many 0800').waitFor();
  assert.ok((await rows(page).count()) < 60);
  await page.getByLabel('Name or id').fill('many 0123');
  await row(page, 'Many 0123').waitFor();
  assert.equal(await rows(page).count(), 1);
});

test('more than a thousand runs are sorted by the server', async () => {
  const task = await world.server.task('Failed once, long ago', {uses: 'std.fail', with: {kind: 'terminal', message: 'the first one'}}, {overlap: 'allow'});
  const failed = await world.server.finished(await world.server.runNow(task));
  await world.server.call('PUT', `/tasks/${task.id}`, {payload: {params: {}, pipeline: [{id: 'a', uses: 'std.echo', with: {}}]}});
  const run = async (from) => {
    for (let n = from; n < 1000; n += 8) await world.server.runNow(task);
  };
  await Promise.all(Array.from({length: 8}, (_, from) => run(from)));
  const page = await world.loggedIn(`#/runs?task=${task.id}&sort=state`);
  await page.getByText('200 of 1,001').waitFor();
  assert.equal(await rows(page).first().getAttribute('data-id'), failed.id);
  await page.locator('th.col-state button').click();
  await page.waitForURL(/sort=-state/);
  await page.waitForFunction((id) => (document.querySelector('tbody tr[data-id]')?.dataset.id ?? id) !== id, failed.id);
  await page.locator('th.col-started button').click();
  await page.waitForURL(/sort=started/);
  await page.waitForFunction((id) => document.querySelector('tbody tr[data-id]')?.dataset.id === id, failed.id);
});

test('part of an id finds a run that is not loaded', async () => {
  const {items} = await world.server.call('GET', '/runs?sort=created_at&limit=1');
  const [oldest] = items;
  for (const part of [oldest.id.slice(-8), oldest.id.slice(0, 13)]) {
    const page = await world.loggedIn('#/runs');
    await page.getByText(/^1,000 of 1,/).waitFor();
    assert.equal(await page.locator(`tbody tr[data-id="${oldest.id}"]`).count(), 0);
    await page.getByRole('searchbox').fill(part);
    await page.locator(`tbody tr[data-id="${oldest.id}"]`).waitFor();
    await row(page, 'Sleeps until canceled').waitFor();
    await page.context().close();
  }
});

test('nothing was complained of', () => {
  assert.deepEqual(world.complaints, []);
});
