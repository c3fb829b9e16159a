// What every test starts from: the real program with its own database, the page it serves, a browser.
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {chmod, mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {chromium} from 'playwright-core';

const kBinary = process.env.ORDINAUT_BINARY;
const kBrowser = process.env.CHROMIUM ?? '/usr/bin/chromium';

class Server {
  // `more`: further words of the command line.
  async start(more = []) {
    this.folder = await mkdtemp(join(tmpdir(), 'ordinaut-webui-'));
    await chmod(this.folder, 0o755); // Another user may own the servers.
    const data = join(this.folder, 'data');
    this.process = spawn(kBinary, ['up', '--port', '0', '--data-dir', data, ...more], {
      env: {HOME: this.folder, LANG: 'C.UTF-8', NO_COLOR: '1', PATH: process.env.PATH},
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.said = '';
    this.process.stderr.on('data', (text) => (this.said += text));
    for await (const line of createInterface(this.process.stdout)) {
      this.said += `${line}\n`;
      this.url ??= / {2}API +(\S+)/.exec(line)?.[1];
      this.loginLink ??= / {2}Log in +(\S+)/.exec(line)?.[1];
      this.loginToken ??= /#login=(\S+)/.exec(line)?.[1];
      if (line.startsWith('Ready in')) break;
    }
    this.process.stdout.resume();
    if (!this.url) throw new Error(`the server did not get ready\n${this.said}`);
    const {agent_id, agent_secret} = JSON.parse(await readFile(join(data, 'credentials.json'), 'utf8'));
    this.agent = {agent_id, agent_secret};
    this.token = (await this.call('POST', '/agents/auth/token', this.agent)).access_token;
    return this;
  }

  async call(method, path, body, token = this.token) {
    const headers = {'Content-Type': 'application/json', ...(token && {Authorization: `Bearer ${token}`})};
    const answer = await fetch(this.url + path, {method, headers, body: body === undefined ? undefined : JSON.stringify(body)});
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : null;
  }

  // A browser's session of that agent, as a cookie to be put into one.
  async session(agent = this.agent) {
    const headers = {'Content-Type': 'application/json', 'X-Ordinaut-Page': 'test'};
    const answer = await fetch(`${this.url}/agents/auth/session`, {method: 'POST', headers, body: JSON.stringify(agent)});
    if (!answer.ok) throw new Error(`no session: ${answer.status} ${await answer.text()}`);
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(answer.headers.get('set-cookie'));
    return {name, value, url: this.url, httpOnly: true, sameSite: 'Strict'};
  }

  async agentWith(name, scopes) {
    const {agent_id, agent_secret} = await this.call('POST', '/agents', {name, scopes});
    return {agent_id, agent_secret};
  }

  task(title, step, more = {}) {
    const when = {schedule_kind: 'cron', schedule_expr: '0 0 1 1 *', timezone: 'UTC'};
    const payload = {params: {}, pipeline: Array.isArray(step) ? step : [{id: 'a', ...step}]};
    return this.call('POST', '/tasks', {title, ...when, payload, ...more});
  }

  runNow(task) {
    return this.call('POST', `/tasks/${task.id}/run_now`, {});
  }

  async finished(run) {
    for (;;) {
      const now = await this.call('GET', `/runs/${run.id}`);
      if (now.success !== null || now.state === 'canceled') return now;
      await new Promise((done) => setTimeout(done, 20));
    }
  }

  async stop() {
    this.process.kill('SIGTERM');
    await once(this.process, 'exit');
    await rm(this.folder, {recursive: true, force: true});
  }
}

// A server and a browser; close() ends both. Whatever a page complains of fails the test that asks quiet().
export async function openWorld(more) {
  const server = await new Server().start(more);
  const url = `${server.url}/ext/webui/`;
  const browser = await chromium.launch({executablePath: kBrowser, args: ['--no-sandbox', '--disable-dev-shm-usage']});
  const complaints = [];

  async function visit({colorScheme = 'light', locale = 'en-US', viewport = {width: 1360, height: 820}} = {}) {
    const context = await browser.newContext({colorScheme, locale, viewport, timezoneId: 'Europe/Chisinau'});
    const page = await context.newPage();
    page.setDefaultTimeout(120_000);
    page.on('console', (message) => {
      // A refused request is logged by the browser itself; the tests that provoke one look at what the page says of it.
      if (message.type() === 'error' && !/Failed to load resource|blocked by CORS policy/.test(message.text())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.stack ?? String(error)));
    return page;
  }

  return {
    server,
    url,
    complaints,
    visit,
    async loggedIn(at = '#/tasks', {as = server.agent, ...options} = {}) {
      const page = await visit(options);
      await page.context().addCookies([await server.session(as)]);
      await page.goto(url + at);
      return page;
    },
    async close() {
      await browser.close();
      await server.stop();
    },
  };
}
