// The page of events_demo as a person uses it: publish, add readers, see who gets what.
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

async function open(options = {}, loggedIn = true) {
  const page = await world.visit(options);
  if (loggedIn) await page.context().addCookies([await world.server.session()]);
  await page.goto(`${world.server.url}/ext/events_demo/`);
  return page;
}

async function addReader(page, pattern, group = '', from = 'what comes from now on') {
  await page.getByLabel('Name, or a pattern').fill(pattern);
  await page.getByLabel('Group', {exact: true}).fill(group);
  await page.getByLabel(from).check();
  const card = page.locator('.card').nth(await page.locator('.card').count());
  await page.getByRole('button', {name: 'Add reader'}).click();
  await card.getByText('live', {exact: true}).waitFor();
  return card;
}

async function publish(page, name, payload, button = 'Publish') {
  await page.getByLabel('Name', {exact: true}).fill(name);
  await page.getByLabel('Payload, any JSON').fill(payload);
  await page.getByRole('button', {name: button, exact: true}).click();
}

const payloads = (card) => card.locator('.log pre').allTextContents();

test('what is published flows to each group and is shared in one', async () => {
  const page = await open();
  const alone = await addReader(page, 'orders.#');
  const one = await addReader(page, 'orders.created', 'mailers');
  const other = await addReader(page, 'orders.created', 'mailers');
  await publish(page, 'orders.created', '{"order": 7, "name": "Ana"}');
  await page.getByRole('status').getByText(/^Published as \d+-\d+$/).waitFor();
  await alone.getByText('{"order":7,"name":"Ana"}').waitFor();
  await publish(page, 'orders.created', '"again"', 'Publish ten');
  await alone.getByText('11 events').waitFor();
  await page.getByRole('status').getByText(/^Published 10/).waitFor();
  await page.locator('#health').getByText('nothing waits').waitFor();
  await page.waitForFunction(() => document.querySelectorAll('.card .log li').length === 22);
  const shared = [...(await payloads(one)), ...(await payloads(other))];
  assert.equal(shared.length, 11);
  for (const card of [one, other]) assert.ok((await payloads(card)).length > 0, 'they take turns');
  const row = page.getByRole('row').filter({hasText: 'mailers'});
  await row.getByRole('cell', {name: 'orders.created'}).waitFor();
  assert.deepEqual((await row.getByRole('cell').allTextContents()).slice(2), ['0', '0', '11']);
  if (process.env.SCREENSHOTS) await page.screenshot({path: `${process.env.SCREENSHOTS}/events.png`, fullPage: true});
  await page.close();
});

test('a reader of all that is kept sees the past, and a break loses nothing', async () => {
  const page = await open();
  await publish(page, 'past', '1');
  await page.getByRole('status').getByText(/^Published as/).waitFor();
  const card = await addReader(page, 'past', '', 'all that is kept');
  await card.getByText('1 event', {exact: true}).waitFor();
  await world.server.call('POST', '/extensions/events_demo/reload', {});
  await publish(page, 'past', '2');
  await card.getByText('2 events').waitFor();
  assert.deepEqual(await payloads(card), ['2', '1']);
  await card.getByRole('button', {name: /^Remove/}).click();
  await page.getByText('No reader yet.').waitFor();
  await page.close();
});

test('what is wrong is said where it is wrong', async () => {
  const page = await open();
  await publish(page, 'orders created', '1');
  await page.getByRole('status').getByText(/letters, digits/).waitFor();
  await publish(page, 'orders', '{"n": ');
  await page.getByRole('status').getByText(/the body must be JSON/).waitFor();
  await page.getByLabel('Name, or a pattern').fill('orders.#.created');
  await page.getByRole('button', {name: 'Add reader'}).click();
  await page.locator('.card').getByText(/^closed: name: must be/).waitFor();
  await page.close();
});

test('who is not logged in is shown the way', async () => {
  const page = await open({}, false);
  await page.getByRole('alert').getByRole('link', {name: 'Log in'}).waitFor();
  await publish(page, 'orders', '1');
  await page.getByRole('status').getByText('Log in first.').waitFor();
  await page.close();
});

test('the keyboard alone publishes and reads', async () => {
  const page = await open();
  await page.locator('#health').getByText('·').waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter'); // Skip to the readers.
  assert.equal(await page.evaluate(() => document.activeElement.id), 'readers');
  await page.getByLabel('Name, or a pattern').focus();
  await page.getByLabel('Name, or a pattern').press('Control+A');
  await page.keyboard.type('keys');
  await page.keyboard.press('Enter');
  const card = page.locator('.card').last();
  await card.getByText('live', {exact: true}).waitFor();
  await page.getByLabel('Name', {exact: true}).press('Control+A');
  await page.keyboard.type('keys');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Control+Enter');
  await card.getByText('1 event', {exact: true}).waitFor();
  await page.close();
});

test('axe finds nothing serious, light or dark, wide or narrow', async () => {
  const grounds = new Set();
  for (const options of [{}, {colorScheme: 'dark'}, {viewport: {width: 400, height: 800}}]) {
    const page = await open(options);
    const card = await addReader(page, 'axe');
    await publish(page, 'axe', '{"n": 1}');
    await card.getByText('1 event', {exact: true}).waitFor();
    await page.emulateMedia({reducedMotion: 'reduce'});
    await page.evaluate(axe);
    const {violations} = await page.evaluate(() => window.axe.run(document, {resultTypes: ['violations']}));
    const serious = violations.filter(({impact}) => ['serious', 'critical'].includes(impact));
    assert.deepEqual(serious.map(({id, nodes}) => [id, nodes.map((node) => node.html)]), []);
    grounds.add(await page.evaluate(() => getComputedStyle(document.body).backgroundColor));
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing sticks out');
    if (process.env.SCREENSHOTS) await page.screenshot({path: `${process.env.SCREENSHOTS}/events-${grounds.size}-${options.viewport?.width ?? 'wide'}.png`, fullPage: true});
    await page.close();
  }
  assert.equal(grounds.size, 2);
});

test('nothing was complained of under the policy of the page', () => {
  assert.deepEqual(world.complaints, []);
});
