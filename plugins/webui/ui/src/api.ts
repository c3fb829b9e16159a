// One door to the REST API: says that a page of the server asks, turns every bad answer into an ApiError, and knows whether the server is reached.
import {signal} from '@preact/signals';
import {endSession} from './me';

// With the session's cookie, what changes something needs this; no page elsewhere can send it.
export const kFromPage = {'X-Ordinaut-Page': 'webui'};

export interface Problem {
  pointer: string;
  message: string;
}

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly kind: string,
    message: string,
    readonly problems: Problem[],
    readonly missingScope: string | null,
    readonly requestId: string | null,
  ) {
    super(message);
  }
}

// false after a request that got no answer at all, or one from a proxy that lost the server.
export const reachable = signal(true);

export async function errorOf(answer: Response): Promise<ApiError> {
  let body: {error?: string; message?: string; details?: unknown; request_id?: string} = {};
  try {
    body = await answer.json();
  } catch {
    // Not the server's own error: the status has to say it.
  }
  const details = body.details;
  const problems = Array.isArray(details) ? (details as Problem[]) : [];
  const scope = details && !Array.isArray(details) ? ((details as {missing_scope?: string}).missing_scope ?? null) : null;
  return new ApiError(answer.status, body.error ?? 'http', body.message ?? `${answer.status} ${answer.statusText}`, problems, scope, body.request_id ?? null);
}

export async function send(method: string, path: string, body?: unknown, signal?: AbortSignal, more: Record<string, string> = {}): Promise<Response> {
  const headers: Record<string, string> = {Accept: 'application/json', ...kFromPage, ...more};
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  try {
    const answer = await fetch(path, {method, headers, signal, body: body === undefined ? undefined : JSON.stringify(body), credentials: 'same-origin'});
    reachable.value = answer.status !== 502 && answer.status !== 504;
    return answer;
  } catch (error) {
    if (!(error instanceof DOMException && error.name === 'AbortError')) reachable.value = false;
    throw error;
  }
}

export async function request<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const answer = await send(method, path, body, signal);
  if (answer.status === 401) endSession();
  if (!answer.ok) throw await errorOf(answer);
  const text = await answer.text();
  return (text ? JSON.parse(text) : null) as T;
}

export const get = <T>(path: string, signal?: AbortSignal) => request<T>('GET', path, undefined, signal);
export const post = <T>(path: string, body: unknown = {}, signal?: AbortSignal) => request<T>('POST', path, body, signal);
export const put = <T>(path: string, body: unknown) => request<T>('PUT', path, body);

export function query(parameters: Record<string, string | number | undefined | null>): string {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined && value !== null && value !== '');
  return given.length === 0 ? '' : `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`;
}
