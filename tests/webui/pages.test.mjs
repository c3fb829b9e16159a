// Extensions, charts, and every page before axe.
import assert from 'node:assert/strict';
import {readFile} from 'node:fs/promises';
import {createRequire} from 'node:module';
import {after, before, test} from 'node:test';
import {openWorld} from './world.mjs';

let world;
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
before(async () => {
  world = await openWorld();
});
after(() => world?.close());

test('extensions show what they ask for and are given, and are disabled and enabled', async () => {
  const page = await world.loggedIn('#/extensions');
  const std = page.locator('[data-id=std]');
  await std.getByText('std.echo').waitFor();
  assert.match(await std.textContent(), /TOOLS granted.*not a security boundary.*builtin/s);
  await std.getByRole('button', {name: 'Disable'}).click();
  await std.locator('.state', {hasText: 'disabled'}).waitFor();
  assert.equal((await world.server.call('GET', '/extensions/std')).state, 'disabled');
  await std.getByRole('button', {name: 'Enable'}).click();
  await std.getByRole('button', {name: 'Disable'}).waitFor();
  const shown = await std.getByRole('button').allTextContents();
  const {paths} = await world.server.call('GET', '/openapi.json');
  for (const verb of ['load', 'reload', 'grant', 'revoke'])
    if (!paths[`/extensions/{extension_id}/${verb}`]) assert.ok(!shown.some((label) => label.toLowerCase() === verb), `${verb} is not offered by the server`);
});

test('a capability is revoked and granted', async () => {
  const page = await world.loggedIn('#/extensions');
  const http = page.locator('[data-id=http]');
  await http.getByRole('button', {name: 'Revoke TOOLS'}).click();
  await http.getByText('not granted', {exact: true}).waitFor();
  assert.deepEqual((await world.server.call('GET', '/extensions/http')).grants, []);
  await http.getByRole('button', {name: 'Grant TOOLS'}).click();
  await http.getByRole('button', {name: 'Revoke TOOLS'}).waitFor();
  assert.deepEqual((await world.server.call('GET', '/extensions/http')).grants, ['TOOLS']);
});

test('an extension says how it fares and what it wrote; the page does not take itself away unasked', async () => {
  const page = await world.loggedIn('#/extensions');
  const webui = page.locator('[data-id=webui]');
  await webui.getByText('Health and log').click();
  await webui.getByText(/Health: /).waitFor();
  await webui.getByRole('button', {name: 'Disable'}).click();
  await page.getByRole('dialog').getByText('ordinaut ext enable webui').waitFor();
  await page.getByRole('dialog').getByRole('button', {name: 'Close'}).click();
  assert.notEqual((await world.server.call('GET', '/extensions/webui')).state, 'disabled');
});

test('charts sum up the runs of their span', async () => {
  const good = await world.server.task('Good', {uses: 'std.echo', with: {}});
  const bad = await world.server.task('Bad', {uses: 'std.fail', with: {kind: 'terminal', message: 'no'}}, {max_retries: 0});
  for (const task of [good, good, bad]) await world.server.finished(await world.server.runNow(task));
  const page = await world.visit();
  const asked = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await page.context().addCookies([await world.server.session()]);
  await page.goto(`${world.url}#/charts`);
  await page.getByText('3 runs: 2 succeeded, 1 failed, 0 canceled or unfinished.').waitFor();
  assert.equal(await page.locator('figure canvas').count(), 3);
  const inked = await page.locator('figure canvas').first().evaluate((canvas) => {
    const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return data.some((value) => value !== 0);
  });
  assert.ok(inked);
  await page.locator('figure').first().locator('.u-over').hover();
  await page.locator('figure').first().locator('.legend .moment').waitFor();
  await page.getByRole('button', {name: '7 days'}).click();
  await page.waitForURL(/span=7d/);
  await page.getByText('Runs per hour by outcome').waitFor();
  await page.getByText('3 runs: 2 succeeded, 1 failed, 0 canceled or unfinished.').waitFor();
  assert.ok(asked.includes('/runs/stats/timeline'));
  assert.ok(!asked.includes('/runs'), 'no run is fetched');
});

async function faults(page) {
  // axe needs eval of its own text; the page's policy forbids it, the debugger's door does not.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe);
  const {violations} = await page.evaluate(() => window.axe.run(document, {resultTypes: ['violations']}));
  return violations
    .filter(({impact}) => impact === 'serious' || impact === 'critical')
    .map(({id, nodes}) => `${id}: ${nodes.map((node) => `${node.target.join(' ')} ${node.failureSummary}`).join(' | ')}`);
}

test('axe finds no serious problem, light or dark', async () => {
  const task = await world.server.task('Looked at', [
    {id: 'log', uses: 'std.log', with: {level: 'warn', message: 'look'}},
    {id: 'fail', uses: 'std.fail', with: {kind: 'terminal', message: 'no'}},
  ], {max_retries: 0});
  const run = await world.server.finished(await world.server.runNow(task));
  const places = {
    '#/tasks': '.table-box tbody tr[data-id]',
    '#/runs': '.table-box tbody tr[data-id]',
    [`#/tasks/${task.id}`]: '.table-box tbody tr[data-id]',
    [`#/runs/${run.id}`]: '.history li',
    '#/tasks/new': '.occurrences tbody tr',
    '#/extensions': '.extensions li',
    '#/charts': 'figure canvas',
  };
  const page = await world.loggedIn();
  const look = async (place, ready) => {
    await ready.waitFor();
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({colorScheme});
      assert.deepEqual(await faults(page), [], `${place} ${colorScheme}`);
    }
  };
  for (const [place, ready] of Object.entries(places)) {
    await page.goto(world.url + place);
    await look(place, page.locator(ready).first());
  }
  await page.getByRole('button', {name: 'Log out'}).click();
  await look('login', page.getByLabel('Agent id'));
});

test('nothing leaves for another origin', async () => {
  const page = await world.visit();
  const origins = new Set();
  page.on('request', (request) => origins.add(new URL(request.url()).origin));
  await page.goto(world.url);
  await page.getByLabel('Agent id').waitFor();
  assert.deepEqual([...origins], [new URL(world.url).origin]);
});

test('nothing was complained of', () => {
  assert.deepEqual(world.complaints, []);
});
