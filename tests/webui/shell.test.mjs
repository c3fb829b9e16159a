// Getting in, the header, languages, light and dark, the keyboard.
import assert from 'node:assert/strict';
import {once} from 'node:events';
import {createServer} from 'node:http';
import {after, before, test} from 'node:test';
import {openWorld} from './world.mjs';

let world;
before(async () => {
  world = await openWorld();
});
after(() => world?.close());

const connected = (page) => page.locator('.connection.live, .connection.polling');
const number = (page, id) => page.locator(`[data-number=${id}]`);

test('the one-time link logs in, leaves the address, and works once', async () => {
  const page = await world.visit();
  await page.goto(`${world.url}#login=${world.server.loginToken}`);
  await page.getByRole('navigation', {name: 'Main'}).waitFor();
  assert.ok(!page.url().includes('login='), page.url());
  assert.ok(world.server.loginLink.startsWith(`${world.url}#login=`), 'what the server prints leads here');

  const another = await world.visit();
  await another.goto(`${world.url}#login=${world.server.loginToken}`);
  await another.getByText('The link did not work').waitFor();
  await another.getByLabel('Agent id').waitFor();
});

test('the session is a cookie no script can read, and logging out ends it', async () => {
  const page = await world.visit();
  await page.goto(world.url);
  await page.getByLabel('Agent id').fill(world.server.agent.agent_id);
  await page.getByLabel('Secret').fill(world.server.agent.agent_secret);
  await page.getByRole('button', {name: 'Log in'}).click();
  await page.getByRole('link', {name: 'Runs'}).waitFor();
  const [cookie, ...others] = await page.context().cookies();
  assert.equal(others.length, 0);
  assert.equal(cookie.name, `ordinaut_session_${new URL(world.url).port}`);
  assert.deepEqual([cookie.httpOnly, cookie.sameSite], [true, 'Strict']);
  const seen = await page.evaluate(() => [document.cookie, JSON.stringify(sessionStorage), JSON.stringify(localStorage)].join());
  assert.ok(!seen.includes(cookie.value) && !/token|eyJ/.test(seen), seen);

  const withCookie = () => fetch(`${world.server.url}/agents/me`, {headers: {Cookie: `${cookie.name}=${cookie.value}`}});
  assert.equal((await (await withCookie()).json()).name, 'admin');
  await page.getByRole('button', {name: 'Log out'}).click();
  await page.getByLabel('Agent id').waitFor();
  assert.deepEqual(await page.context().cookies(), []);
  assert.equal((await withCookie()).status, 401, 'a copy of the cookie is worth nothing');
});

test('a page of another origin, even on this host, cannot act in the session', async () => {
  const page = await world.loggedIn();
  await page.getByRole('link', {name: 'Runs'}).waitFor();
  const create = (base, headers) =>
    page.evaluate(
      async ([base, headers]) => {
        const body = JSON.stringify({title: 'Forged', schedule_kind: 'cron', schedule_expr: '0 0 1 1 *', payload: {pipeline: [{id: 'a', uses: 'std.echo', with: {}}]}});
        const answer = await fetch(`${base}/tasks`, {method: 'POST', credentials: 'include', headers: {'Content-Type': 'application/json', ...headers}, body}).catch(() => null);
        return answer?.status ?? 'kept back';
      },
      [base, headers],
    );
  assert.equal(await create('', {}), 403, 'without the header');

  // Another port of this host is another origin, but the same site: there the browser may send the cookie along.
  const task = await world.server.task('Not to be run', {uses: 'std.echo', with: {}});
  const elsewhere = createServer((_, answer) => answer.setHeader('Content-Type', 'text/html').end('<p>elsewhere</p>')).listen(0, '127.0.0.1');
  await once(elsewhere, 'listening');
  await page.goto(`http://127.0.0.1:${elsewhere.address().port}/`);
  assert.equal(await create(world.server.url, {'X-Ordinaut-Page': 'forged'}), 'kept back', 'the browser asks first and is not allowed');
  const run = `${world.server.url}/tasks/${task.id}/run_now`;
  const answered = page.waitForResponse((answer) => answer.url() === run);
  await page.evaluate((run) => fetch(run, {method: 'POST', mode: 'no-cors', credentials: 'include'}).catch(() => undefined), run);
  // Without the cookie 401, with it 403.
  assert.ok([401, 403].includes((await answered).status()));
  await page.close();
  elsewhere.close();
  assert.equal((await world.server.call('GET', '/tasks?q=Forged')).total, 0);
  assert.equal((await world.server.call('GET', `/runs?task_id=${task.id}`)).total, 0);
});

test('/ui leads to the page, and keeps what the address holds', async () => {
  const page = await world.loggedIn();
  await page.goto(`${world.server.url}/ui#/runs`);
  await page.waitForURL(`${world.url}#/runs`);
  await page.getByRole('region', {name: 'Runs'}).or(page.getByText('No run here yet.')).waitFor();
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
  await connected(page).waitFor();
  await page.getByRole('button', {name: 'Pause queue'}).click();
  await page.getByRole('button', {name: 'Resume queue'}).waitFor();
  assert.equal((await world.server.call('GET', '/queue')).paused, true);
  await page.getByText('The queue is paused: nothing new starts.').waitFor();

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
  const {agent_id, agent_secret} = await world.server.agentWith('reader', ['viewer']);
  const page = await world.visit();
  await page.goto(world.url);
  await page.getByLabel('Agent id').fill(agent_id);
  await page.getByLabel('Secret').fill(agent_secret);
  await page.getByRole('button', {name: 'Log in'}).click();
  await page.getByText('No task here yet.').waitFor();
  for (const name of ['Pause queue', 'Resume queue']) assert.equal(await page.getByRole('button', {name}).count(), 0, name);
  assert.equal(await page.getByRole('link', {name: 'New task'}).count(), 0);
  await page.getByRole('link', {name: 'Extensions'}).click();
  await page.locator('[data-id=std]').waitFor();
  assert.equal(await page.locator('[data-id=std]').getByRole('button').count(), 0);
});

test('the header takes two lines at most, and what it leaves out is behind a button', async () => {
  for (const locale of ['en-US', 'ro-RO', 'ru-RU']) {
    const page = await world.loggedIn('#/tasks', {locale});
    await connected(page).waitFor();
    await page.locator('[data-number=queued]', {hasText: /\d/}).waitFor();
    for (const width of [360, 390, 720, 820, 960, 1100, 1366]) {
      await page.setViewportSize({width, height: 844});
      const {height, beyond, overlaps} = await page.evaluate(() => {
        const header = document.querySelector('header');
        const boxes = [...header.querySelectorAll('.brand img, .brand span, .number, .connection, .menu-button, .menu')]
          .filter((element) => element.offsetParent && element.offsetWidth > 1)
          .map((element) => element.getBoundingClientRect())
          .sort((a, b) => a.left - b.left);
        return {
          height: header.offsetHeight,
          beyond: document.documentElement.scrollWidth - innerWidth,
          overlaps: boxes.some((box, at) => at > 0 && box.left < boxes[at - 1].right - 1),
        };
      });
      assert.ok(height <= 100, `${locale} ${width}: ${height} px high`);
      assert.equal(beyond, 0, `${locale} ${width}: wider than the window`);
      assert.ok(!overlaps, `${locale} ${width}: one over the other`);
    }
    await page.context().close();
  }
  const phone = await world.loggedIn('#/tasks', {viewport: {width: 390, height: 844}});
  assert.equal(await phone.getByRole('button', {name: 'Log out'}).count(), 0);
  await phone.getByRole('button', {name: 'Menu'}).click();
  await phone.getByRole('button', {name: 'Pause queue'}).waitFor();
  await phone.getByLabel('Theme').selectOption('dark');
  await phone.keyboard.press('Escape');
  await phone.getByRole('button', {name: 'Log out'}).waitFor({state: 'hidden'});
  await phone.getByRole('button', {name: 'Menu'}).click();
  await phone.getByRole('button', {name: 'Log out'}).click();
  await phone.getByLabel('Agent id').waitFor();
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
  await connected(page).waitFor();
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
  assert.equal(headers.authorization, undefined, 'the cookie is enough');
});

test('where nobody needs to log in, nobody can log out', async () => {
  const open = await openWorld(['--auth=off']);
  try {
    const page = await open.visit();
    await page.goto(open.url);
    await page.getByText('No task here yet.').waitFor();
    await page.getByRole('button', {name: 'Pause queue'}).waitFor();
    assert.equal(await page.getByRole('button', {name: 'Log out'}).count(), 0);
    assert.deepEqual(open.complaints, []);
  } finally {
    await open.close();
  }
});

test('nothing was complained of under the policy of the page', () => {
  assert.deepEqual(world.complaints, []);
});
