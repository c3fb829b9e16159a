// Getting in, the header, languages, light and dark, the keyboard.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {openWorld} from './world.mjs';

let world;
before(async () => {
  world = await openWorld();
});
after(() => world?.close());

const number = (page, id) => page.locator(`[data-number=${id}]`);

test('the one-time link logs in, leaves the address, and works once', async () => {
  const page = await world.visit();
  await page.goto(`${world.url}#login=${world.server.loginToken}`);
  await page.getByRole('navigation', {name: 'Main'}).waitFor();
  assert.ok(!page.url().includes('login='), page.url());

  const another = await world.visit();
  await another.goto(`${world.url}#login=${world.server.loginToken}`);
  await another.getByText('The link did not work').waitFor();
});

test('a wrong secret is refused in the server\'s words, the right one lets in', async () => {
  const page = await world.visit();
  await page.goto(world.url);
  await page.getByLabel('Agent id').fill(world.server.agent.agent_id);
  await page.getByLabel('Secret').fill('not this one');
  await page.getByRole('button', {name: 'Log in'}).click();
  await page.getByRole('alert').waitFor();
  await page.getByLabel('Secret').fill(world.server.agent.agent_secret);
  await page.getByRole('button', {name: 'Log in'}).click();
  await page.getByRole('link', {name: 'Runs'}).waitFor();
  await page.reload();
  await page.getByRole('link', {name: 'Runs'}).waitFor();
  await page.getByRole('button', {name: 'Log out'}).click();
  await page.getByLabel('Agent id').waitFor();
});

test('a pasted token lets in', async () => {
  const page = await world.visit();
  await page.goto(world.url);
  await page.getByRole('button', {name: 'Token'}).click();
  await page.getByLabel('Access token').fill('nonsense');
  await page.getByRole('button', {name: 'Log in'}).click();
  await page.getByRole('alert').waitFor();
  await page.getByLabel('Access token').fill(world.server.token);
  await page.getByRole('button', {name: 'Log in'}).click();
  await page.getByRole('link', {name: 'Runs'}).waitFor();
});

test('the header counts what runs and what waits, and stops the queue', async () => {
  const page = await world.loggedIn();
  await page.getByText('live, every 2 s').waitFor();
  await page.getByRole('button', {name: 'Pause queue'}).click();
  await page.getByRole('button', {name: 'Resume queue'}).waitFor();
  assert.equal((await world.server.call('GET', '/queue')).paused, true);

  const run = await world.server.runNow(await world.server.task('Waits in the queue', {uses: 'std.echo', with: {}}));
  await number(page, 'queued').filter({hasText: /^1$/}).waitFor();
  await page.getByRole('button', {name: 'Resume queue'}).click();
  await number(page, 'queued').filter({hasText: /^0$/}).waitFor();
  assert.equal((await world.server.finished(run)).state, 'succeeded');
  await page.reload();
  await number(page, 'failures').filter({hasText: '0%'}).waitFor();
  await number(page, 'duration').filter({hasText: /ms|s/}).waitFor();
});

test('who is no administrator cannot stop the queue and sees only their own', async () => {
  const {agent_id, agent_secret} = await world.server.call('POST', '/agents', {name: 'reader', scopes: ['tasks:read', 'runs:read']});
  const page = await world.visit();
  await page.goto(world.url);
  await page.getByLabel('Agent id').fill(agent_id);
  await page.getByLabel('Secret').fill(agent_secret);
  await page.getByRole('button', {name: 'Log in'}).click();
  await page.getByText('No task here yet.').waitFor();
  assert.equal(await page.getByRole('button', {name: 'Pause queue'}).count(), 0);
});

test('three languages, kept over a reload', async () => {
  const page = await world.loggedIn();
  await page.getByLabel('Language').selectOption('ro');
  await page.getByRole('link', {name: 'Sarcini'}).waitFor();
  await page.reload();
  await page.getByRole('link', {name: 'Sarcini'}).waitFor();
  assert.equal(await page.locator('html').getAttribute('lang'), 'ro');
  await page.getByLabel('Limba').selectOption('ru');
  await page.getByRole('link', {name: 'Задачи'}).waitFor();
});

test('dark when chosen, and when the system is', async () => {
  const ground = (page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await world.loggedIn();
  const bright = await ground(light);
  await light.getByLabel('Theme').selectOption('dark');
  const dark = await ground(light);
  assert.notEqual(dark, bright);
  assert.equal(await ground(await world.loggedIn('#/tasks', {colorScheme: 'dark'})), dark);
});

test('the keyboard alone opens a run of the list', async () => {
  const task = await world.server.task('By keyboard', {uses: 'std.echo', with: {}});
  await world.server.finished(await world.server.runNow(task));
  const page = await world.loggedIn('#/runs');
  await page.getByRole('row').filter({hasText: 'By keyboard'}).waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter'); // Skip to content.
  await page.getByRole('region', {name: 'Runs'}).focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', {name: 'History'}).waitFor();
});

test('a server that streams is followed, and after a break from where it was left', async () => {
  const page = await world.loggedIn();
  await page.getByText('live, every 2 s').waitFor();
  await page.route('**/openapi.json', async (route) => {
    const description = await (await route.fetch()).json();
    description.paths['/stream'] ??= {get: {}};
    await route.fulfill({json: description});
  });
  await page.route('**/stream', (route) => route.fulfill({contentType: 'text/event-stream', body: ': heartbeat\n\nid: 7\nevent: run\ndata: {"run_id":"x"}\n\n'}));
  const asked = (again) => page.waitForRequest((request) => request.url().endsWith('/stream') && ('last-event-id' in request.headers()) === again);
  const [first, second] = [asked(false), asked(true)];
  await page.reload();
  await first;
  const headers = (await second).headers();
  assert.equal(headers['last-event-id'], '7');
  assert.match(headers.authorization, /^Bearer /);
});

test('nothing was complained of under the policy of the page', () => {
  assert.deepEqual(world.complaints, []);
});
