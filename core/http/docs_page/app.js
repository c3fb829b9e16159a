// Shows /openapi.json: operations by section with parameters, schemas and examples, and sends requests from forms.
const byId = (id) => document.getElementById(id);

// A DOM element; text children are always text, never markup.
function element(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith('on')) node.addEventListener(key.slice(2), value);
    else if (value !== false && value !== undefined) node.setAttribute(key, value === true ? '' : value);
  }
  node.append(...children.filter((child) => child !== null));
  return node;
}

const resolve = (api, ref) => ref.slice(2).split('/').reduce((place, step) => place?.[step], api);

// A schema as one indented outline; references are followed, each at most once on the way down.
function outline(api, schema, indent = '', seen = []) {
  if (!schema) return 'anything';
  if (schema.$ref) {
    const name = schema.$ref.split('/').pop();
    return seen.includes(name) || seen.length > 6 ? name : outline(api, resolve(api, schema.$ref), indent, [...seen, name]);
  }
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices) return choices.map((choice) => outline(api, choice, indent, seen)).join(' | ');
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (schema.properties) {
    const required = schema.required ?? [];
    const lines = Object.entries(schema.properties).map(([name, property]) => {
      const comment = property.description ? `   // ${property.description}` : '';
      return `${indent}  ${name}${required.includes(name) ? '' : '?'}: ${outline(api, property, indent + '  ', seen)}${comment}`;
    });
    return `{\n${lines.join('\n')}\n${indent}}`;
  }
  if (schema.type === 'array') return `[${outline(api, schema.items, indent, seen)}]`;
  return [].concat(schema.type ?? 'anything').join(' | ') + limits(schema);
}

function limits(schema) {
  const parts = [];
  if (schema.format) parts.push(schema.format);
  if (schema.minimum !== undefined || schema.maximum !== undefined) parts.push(`${schema.minimum ?? ''}…${schema.maximum ?? ''}`);
  if (schema.minLength !== undefined || schema.maxLength !== undefined) parts.push(`${schema.minLength ?? 0}…${schema.maxLength ?? ''} characters`);
  if (schema.default !== undefined) parts.push(`default ${JSON.stringify(schema.default)}`);
  return parts.length ? ` (${parts.join(', ')})` : '';
}

const bodyContent = (operation) => operation.requestBody?.content?.['application/json'];
const pretty = (value) => JSON.stringify(value, null, 2);

function parameterRow(api, parameter, inputs) {
  const input = element('input', { value: parameter.in === 'path' ? parameter.example ?? '' : '', 'aria-label': parameter.name,
    placeholder: parameter.example === undefined ? '' : String(parameter.example) });
  inputs.push({ parameter, input });
  return element('tr', {},
    element('td', {}, element('code', {}, parameter.name), parameter.required ? ' required' : '',
      element('div', { class: 'muted' }, `${parameter.in}, ${outline(api, parameter.schema)}`)),
    element('td', {}, parameter.description ?? ''),
    element('td', {}, input));
}

// What the form says, as arguments of fetch.
function requestOf(path, method, inputs, body) {
  const headers = {};
  const query = new URLSearchParams();
  let target = path;
  for (const { parameter, input } of inputs) {
    const value = input.value.trim();
    if (parameter.in === 'path') target = target.replace(`{${parameter.name}}`, encodeURIComponent(value));
    else if (value !== '' && parameter.in === 'query') query.set(parameter.name, value);
    else if (value !== '' && parameter.in === 'header') headers[parameter.name] = value;
  }
  // Without a token the session of the Web UI counts, when there is one.
  const token = byId('token').value.trim();
  if (token) headers.Authorization = `Bearer ${token}`;
  else headers['X-Ordinaut-Page'] = 'docs';
  const text = body?.value.trim() ?? '';
  if (text) headers['Content-Type'] = 'application/json';
  const search = query.toString();
  return [target + (search ? `?${search}` : ''), { method: method.toUpperCase(), headers, body: text || undefined, credentials: token ? 'omit' : 'same-origin' }];
}

async function tryIt(out, ...form) {
  const [target, options] = requestOf(...form);
  out.replaceChildren(element('p', { class: 'muted' }, `${options.method} ${target} …`));
  try {
    const started = performance.now();
    const response = await fetch(target, options);
    const text = await response.text();
    let shown = text;
    try { shown = pretty(JSON.parse(text)); } catch { /* Not JSON: shown as it is. */ }
    out.replaceChildren(
      element('p', { class: response.ok ? '' : 'bad' },
        `${response.status} ${response.statusText} · ${Math.round(performance.now() - started)} ms`),
      element('pre', {}, shown || '(no body)'));
  } catch (fault) {
    out.replaceChildren(element('p', { class: 'bad' }, `No answer: ${fault.message}`));
  }
}

function fill(inside, api, path, method, operation) {
  const inputs = [];
  const content = bodyContent(operation);
  const body = content ? element('textarea', { 'aria-label': 'Request body', spellcheck: 'false' }) : null;
  if (content?.example !== undefined) body.value = pretty(content.example);
  const parameters = operation.parameters ?? [];
  const [status, success] = Object.entries(operation.responses ?? {}).find(([code]) => code.startsWith('2')) ?? [];
  const answer = success?.content?.['application/json']?.schema;
  const out = element('div', { 'aria-live': 'polite' });
  const section = (title, ...children) => [element('h3', {}, title), ...children];
  inside.append(
    ...(operation.description ? [element('p', {}, operation.description)] : []),
    ...(parameters.length ? section('Parameters', element('table', {}, ...parameters.map((each) => parameterRow(api, each, inputs)))) : []),
    ...(content ? section('Body', element('pre', {}, outline(api, content.schema)), body) : []),
    ...(status ? section(`Answer ${status}`, element('pre', {}, answer ? outline(api, answer) : 'no body')) : []),
    ...section('Try it', element('button', { type: 'button', onclick: () => tryIt(out, path, method, inputs, body) }, 'Send'), out));
}

function operationElement(api, path, method, operation) {
  const inside = element('div', { class: 'inside' });
  const details = element('details', { class: 'operation', id: operation.operationId },
    element('summary', {},
      element('span', { class: `method ${method}` }, method.toUpperCase()),
      element('span', { class: 'path' }, path),
      element('span', { class: 'what' }, operation.summary ?? '')),
    inside);
  details.dataset.text = `${method} ${path} ${operation.summary ?? ''} ${operation.operationId}`.toLowerCase();
  details.addEventListener('toggle', () => {
    if (details.open && !inside.hasChildNodes()) fill(inside, api, path, method, operation);
  });
  return details;
}

function show(api) {
  const sections = new Map((api.tags ?? []).map((tag) => [tag.name, []]));
  for (const [path, methods] of Object.entries(api.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const tag = operation.tags?.[0] ?? 'other';
      if (!sections.has(tag)) sections.set(tag, []);
      sections.get(tag).push(operationElement(api, path, method, operation));
    }
  }
  byId('version').textContent = api.info.version;
  byId('operations').replaceChildren(...[...sections].map(([tag, operations]) =>
    element('section', { id: `section-${tag}` }, element('h2', {}, tag), ...operations)));
  byId('tags').replaceChildren(...[...sections.keys()].map((tag) => element('a', { href: `#section-${tag}` }, tag)));
  const linked = byId(decodeURIComponent(location.hash.slice(1)));
  if (linked instanceof HTMLDetailsElement) linked.open = true;
  linked?.scrollIntoView();
}

function filter() {
  const wanted = byId('filter').value.trim().toLowerCase();
  for (const section of document.querySelectorAll('#operations section')) {
    let any = false;
    for (const operation of section.querySelectorAll('details')) {
      operation.hidden = !operation.dataset.text.includes(wanted);
      any = any || !operation.hidden;
    }
    section.hidden = !any;
  }
}

function notice(text) {
  byId('notice').textContent = text;
  byId('notice').hidden = false;
}

// `#login=TOKEN`, the one-time link that `ordinaut up` prints: trades it for an access token, kept for this tab alone.
async function logIn() {
  const stored = sessionStorage.getItem('access_token');
  if (stored) byId('token').value = stored;
  byId('token').addEventListener('input', () => sessionStorage.removeItem('access_token'));
  const link = new URLSearchParams(location.hash.slice(1)).get('login');
  if (!link) return;
  history.replaceState(null, '', location.pathname);
  const response = await fetch('/agents/auth/link', {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ token: link }), credentials: 'omit',
  });
  const answer = await response.json();
  if (!response.ok) {
    notice(`Not logged in: ${answer.message}. \`ordinaut up\` prints a new link each time it starts.`);
    return;
  }
  notice('Logged in for this tab.');
  byId('token').value = answer.access_token;
  sessionStorage.setItem('access_token', answer.access_token);
}

async function start() {
  byId('filter').addEventListener('input', filter);
  await logIn();
  const response = await fetch('/openapi.json');
  if (!response.ok) throw new Error(`/openapi.json answered ${response.status}`);
  show(await response.json());
}

start().catch((fault) => byId('operations').replaceChildren(element('p', { class: 'bad' }, `Cannot show the API: ${fault.message}`)));
