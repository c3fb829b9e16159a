// Who is logged in. The tokens live in sessionStorage: gone with the tab, never sent by the browser on its own.
import {signal} from '@preact/signals';
import {errorOf} from './api';

interface Session {
  access: string;
  refresh: string | null;
  expiresAt: number; // milliseconds since the epoch
  agentId: string;
}

interface Tokens {
  access_token: string;
  refresh_token: string;
  expires_in: number;
}

const kKey = 'ordinaut.session';
const kRenewBefore = 60_000;

export const session = signal<Session | null>(stored());
// Set when a session ended without being asked to.
export const sessionEnded = signal(false);

function stored(): Session | null {
  try {
    return JSON.parse(sessionStorage.getItem(kKey) ?? 'null') as Session | null;
  } catch {
    return null;
  }
}

function keep(value: Session | null): void {
  session.value = value;
  if (value) sessionStorage.setItem(kKey, JSON.stringify(value));
  else sessionStorage.removeItem(kKey);
}

// The claims of a token, unverified: the server decides, the page only wants to know whose it is.
function claims(token: string): {sub?: string; exp?: number} {
  try {
    return JSON.parse(atob(token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/')));
  } catch {
    return {};
  }
}

function begin(access: string, refresh: string | null): void {
  const {sub, exp} = claims(access);
  sessionEnded.value = false;
  keep({access, refresh, expiresAt: exp ? exp * 1000 : Number.MAX_SAFE_INTEGER, agentId: sub ?? ''});
}

async function trade(path: string, body: unknown): Promise<void> {
  const answer = await fetch(path, {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(body)});
  if (!answer.ok) throw await errorOf(answer);
  const tokens = (await answer.json()) as Tokens;
  begin(tokens.access_token, tokens.refresh_token);
}

export async function loginByToken(token: string): Promise<void> {
  const answer = await fetch('/queue', {headers: {Authorization: `Bearer ${token}`}});
  // 403: a good token whose scopes do not reach the queue.
  if (!answer.ok && answer.status !== 403) throw await errorOf(answer);
  begin(token, null);
}

export const loginByLink = (token: string) => trade('/agents/auth/link', {token});
export const loginBySecret = (agent_id: string, agent_secret: string) => trade('/agents/auth/token', {agent_id, agent_secret});

let renewing: Promise<boolean> | null = null;

// New tokens for the old; false when there is nothing to renew with or the server refuses. A refresh token works once,
// so that everyone who asks meanwhile waits for the same answer.
export function renew(): Promise<boolean> {
  const refresh = session.value?.refresh;
  if (!refresh) return Promise.resolve(false);
  renewing ??= trade('/agents/auth/refresh', {refresh_token: refresh})
    .then(() => true, () => false)
    .finally(() => {
      renewing = null;
    });
  return renewing;
}

export async function accessToken(): Promise<string | null> {
  const now = session.value;
  if (now?.refresh && now.expiresAt - Date.now() < kRenewBefore) await renew();
  return session.value?.access ?? null;
}

export function endSession(): void {
  if (session.value) sessionEnded.value = true;
  keep(null);
}

export function logOut(): void {
  const old = session.value;
  keep(null);
  if (old?.refresh)
    void fetch('/agents/auth/revoke', {
      method: 'POST',
      headers: {'Content-Type': 'application/json', Authorization: `Bearer ${old.access}`},
      body: JSON.stringify({refresh_token: old.refresh}),
    }).catch(() => undefined);
}
