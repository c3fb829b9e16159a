// Publishing, readers as EventSources, and what the server says of the groups.

const kBase = '/ext/events_demo';
// A browser opens six connections to one server; two stay for everything else.
const kReadersMax = 4;
const kShown = 100;
const kHealthEvery = 2000;

const find = (id) => document.getElementById(id);

function make(tag, {text, ...properties} = {}, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  if (text !== undefined) node.textContent = text;
  node.append(...children);
  return node;
}

// What a page of this server may ask in the session of its visitor.
async function ask(method, path, body) {
  const answer = await fetch(path, {method, body, headers: {'Content-Type': 'application/json', 'X-Ordinaut-Page': 'events_demo'}});
  const said = await answer.json().catch(() => ({}));
  if (answer.ok) return said;
  throw Object.assign(new Error(said.message ?? `the server answered ${answer.status}`), {status: answer.status});
}

function notice(error) {
  const missing = error.status === 401;
  const login = make('a', {href: '/ui', text: 'Log in'});
  find('notice').replaceChildren(...(missing ? [login, ' first, then come back to this page.'] : [error.message]));
  find('notice').hidden = false;
}

// ── publishing ──

function summary(error) {
  return error.status === 401 ? 'Log in first.' : error.message;
}

async function publish(times) {
  const {name, payload} = Object.fromEntries(new FormData(find('publish')));
  const said = find('published');
  said.className = '';
  try {
    let last;
    for (let n = 0; n < times; ++n) last = await ask('POST', `${kBase}/publish/${encodeURIComponent(name)}`, payload);
    said.textContent = times === 1 ? `Published as ${last.id}` : `Published ${times}, the last as ${last.id}`;
  } catch (error) {
    said.className = 'bad';
    said.textContent = summary(error);
  }
  void showHealth();
}

find('publish').addEventListener('submit', (event) => {
  event.preventDefault();
  void publish(1);
});
find('ten').addEventListener('click', () => void publish(10));
find('payload').addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) find('publish').requestSubmit();
});

// ── readers ──

const readers = new Set();
let readersMade = 0;

function entry(event) {
  const at = new Date(event.published_at);
  const time = make('time', {dateTime: event.published_at, text: at.toLocaleTimeString()});
  const again = event.redelivered > 0 ? [make('span', {className: 'again', text: 'delivered again'})] : [];
  return make('li', {}, time, make('b', {text: event.name}), ...again, make('pre', {text: JSON.stringify(event.payload)}));
}

class Reader {
  constructor(pattern, group, from) {
    const query = new URLSearchParams();
    this.consumer = `page-${++readersMade}`;
    if (group) query.set('group', group);
    if (group) query.set('consumer', this.consumer);
    if (from) query.set('from_id', from);
    this.url = `${kBase}/stream/${encodeURIComponent(pattern)}?${query}`;
    this.seen = new Set();
    this.count = 0;
    this.build(pattern, group);
    this.listen();
  }

  build(pattern, group) {
    const title = make('h3', {text: pattern, id: `reader-${readersMade}`});
    this.state = make('span', {className: 'state', text: 'connecting'});
    this.total = make('p', {text: '0 events'});
    const about = make('p', {text: group ? `Group ${group}, as ${this.consumer}` : 'By itself'});
    this.log = make('ul', {className: 'log', tabIndex: 0});
    this.log.setAttribute('aria-label', `Events of ${pattern}, the newest first`);
    const remove = make('button', {className: 'plain', type: 'button', text: 'Remove'});
    remove.setAttribute('aria-label', `Remove the reader of ${pattern}${group ? ` in group ${group}` : ''}`);
    remove.addEventListener('click', () => this.remove());
    this.card = make('article', {className: 'card'}, make('header', {}, title, this.state), about, this.total, this.log, remove);
    this.card.setAttribute('aria-labelledby', title.id);
    find('cards').append(this.card);
  }

  show(state, kind = '') {
    this.state.textContent = state;
    this.state.className = `state ${kind}`;
  }

  listen() {
    this.source = new EventSource(this.url);
    this.source.addEventListener('open', () => this.show('live', 'live'));
    this.source.addEventListener('message', (message) => this.take(JSON.parse(message.data)));
    this.source.addEventListener('error', () => {
      if (this.source.readyState === EventSource.CONNECTING) this.show('connecting again', 'lost');
      else void this.explain();
    });
  }

  // An EventSource does not say why it was refused.
  async explain() {
    const stop = new AbortController();
    try {
      const answer = await fetch(this.url, {signal: stop.signal});
      const said = answer.ok ? {message: 'the stream ended'} : await answer.json();
      this.show(`closed: ${said.message}`, 'lost');
      if (answer.status === 401) notice({status: 401});
    } catch {
      this.show('closed: the server cannot be reached', 'lost');
    }
    stop.abort();
  }

  take(event) {
    // After a break a reader of many names may get its last events once more.
    const key = `${event.name} ${event.id}`;
    if (this.seen.has(key) && event.redelivered === 0) return;
    this.seen.add(key);
    if (this.seen.size > 10_000) this.seen.delete(this.seen.values().next().value);
    this.total.textContent = `${++this.count} event${this.count === 1 ? '' : 's'}`;
    this.log.prepend(entry(event));
    while (this.log.childElementCount > kShown) this.log.lastElementChild.remove();
  }

  remove() {
    this.source.close();
    this.card.remove();
    readers.delete(this);
    showReaders();
    find('pattern').focus();
  }
}

function showReaders() {
  const full = readers.size >= kReadersMax;
  find('none').hidden = readers.size > 0;
  find('reader').querySelector('button').disabled = full;
  find('refused').textContent = full ? 'Four readers at most here: a browser opens six connections to one server.' : '';
}

find('reader').addEventListener('submit', (event) => {
  event.preventDefault();
  if (readers.size >= kReadersMax) return;
  const {pattern, group, from} = Object.fromEntries(new FormData(event.target));
  readers.add(new Reader(pattern.trim(), group.trim(), from));
  showReaders();
  void showHealth();
});

// ── groups ──

const unknown = (number) => (number === null ? 'unknown' : number);

function rows(stream) {
  const cells = (group, pending, lag) =>
    make('tr', {}, make('td', {text: stream.topic}), make('td', {text: group}), make('td', {className: 'number', text: pending}), make('td', {className: 'number', text: lag}), make('td', {className: 'number', text: stream.events}));
  if (stream.groups.length === 0) return [cells('none', '', '')];
  return stream.groups.map((group) => cells(group.group, group.pending, unknown(group.lag)));
}

async function showHealth() {
  if (document.hidden) return;
  const state = find('health');
  try {
    const health = await ask('GET', '/extensions/events_demo/events/health');
    state.textContent = health.status === 'idle' ? '· nothing waits' : `· ${health.pending} pending, ${unknown(health.lag)} not read`;
    state.className = `state ${health.status === 'idle' ? 'live' : ''}`;
    find('groups').replaceChildren(...health.streams.flatMap(rows));
    find('notice').hidden = true;
  } catch (error) {
    state.textContent = '';
    notice(error);
  }
}

setInterval(() => void showHealth(), kHealthEvery);
document.addEventListener('visibilitychange', () => void showHealth());
void showHealth();
