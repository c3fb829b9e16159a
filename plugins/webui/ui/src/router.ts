// The address holds the state: #/runs?state=failed. A fragment, so that the page is one static file.
import {signal} from '@preact/signals';

export interface Route {
  path: string[];
  query: URLSearchParams;
}

function read(): Route {
  const [path, search] = location.hash.replace(/^#\/?/, '').split('?');
  return {path: path.split('/').filter(Boolean).map(decodeURIComponent), query: new URLSearchParams(search ?? '')};
}

export const route = signal<Route>(read());

addEventListener('hashchange', () => {
  route.value = read();
});

export function href(path: string, parameters: Record<string, string> = {}): string {
  const search = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== ''));
  return `#/${path}${search.size > 0 ? `?${search}` : ''}`;
}

export function go(address: string, replace = false): void {
  if (replace) history.replaceState(null, '', address);
  else history.pushState(null, '', address);
  route.value = read();
}

// Changes some of the query and leaves the rest; an empty value leaves the address.
export function setQuery(changes: Record<string, string>): void {
  const now = Object.fromEntries(route.value.query);
  go(href(route.value.path.map(encodeURIComponent).join('/'), {...now, ...changes}), true);
}
