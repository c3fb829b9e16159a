// The built files beside the server's API on one origin, under the strictest policy the page has to live with.
import {createServer, request} from 'node:http';
import {readFile} from 'node:fs/promises';
import {extname, join, normalize} from 'node:path';

export const kPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";
const kTypes = {'.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml'};
const kMount = '/ext/webui/';

async function file(folder, path, answer) {
  try {
    const name = normalize(path === '' ? 'index.html' : path);
    const body = await readFile(join(folder, name));
    answer.writeHead(200, {'Content-Type': kTypes[extname(name)] ?? 'application/octet-stream', 'Content-Security-Policy': kPolicy, 'X-Content-Type-Options': 'nosniff'});
    answer.end(body);
  } catch {
    answer.writeHead(404).end();
  }
}

function pass(api, question, answer) {
  const onward = request(new URL(question.url, api), {method: question.method, headers: question.headers}, (reply) => {
    answer.writeHead(reply.statusCode, reply.headers);
    reply.pipe(answer);
  });
  onward.on('error', () => answer.headersSent ? answer.destroy() : answer.writeHead(502).end());
  answer.on('close', () => onward.destroy());
  question.pipe(onward);
}

export async function openFront(folder, api, port = 0) {
  const server = createServer((question, answer) => {
    const path = question.url.split('?')[0];
    if (path.startsWith(kMount)) void file(folder, path.slice(kMount.length), answer);
    else pass(api, question, answer);
  });
  await new Promise((done) => server.listen(port, '127.0.0.1', done));
  return {url: `http://127.0.0.1:${server.address().port}${kMount}`, close: () => (server.closeAllConnections(), server.close())};
}
