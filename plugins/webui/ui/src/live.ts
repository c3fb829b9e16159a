// What changed on the server, whichever way one learns of it: by /stream where the server has one, else by looking every
// two seconds. Everyone else only calls watch().
import {signal} from '@preact/signals';
import {get, reachable, send} from './api';
import {learnOffers, offers} from './data/offers';
import type {Queue} from './data/types';

export interface Change {
  runs: ReadonlySet<string> | 'all'; // 'all': anything may have changed
  tasks: ReadonlySet<string> | 'all';
}

export type Connection = 'connecting' | 'live' | 'polling' | 'offline';

export const connection = signal<Connection>('connecting');
// The queue's counters; the request that fetches them is also the heartbeat.
export const queue = signal<Queue | null>(null);

const kPollMs = 2000;
const kGatherMs = 200; // Changes this close together are told as one.
const kSilenceMs = 50_000; // Heartbeats come every 15 s.
const kEverything: Change = {runs: 'all', tasks: 'all'};

type Listener = (change: Change) => void;
const listeners = new Set<Listener>();
let running: AbortController | null = null;

export function watch(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function tell(change: Change): void {
  for (const listener of listeners) listener(change);
}

export async function refreshQueue(): Promise<void> {
  try {
    queue.value = await get<Queue>('/queue');
  } catch {
    // reachable says whether the server is gone; without the scope there are no counters.
  }
}

// After a mutation of the page's own, so that its effect shows at once.
export function changedHere(): void {
  tell(kEverything);
  void refreshQueue();
}

export function start(): void {
  stop();
  running = new AbortController();
  connection.value = 'connecting';
  void run(running.signal);
}

export function stop(): void {
  running?.abort();
  running = null;
  queue.value = null; // Whoever comes next may see other things.
  lastId = '';
}

async function run(signal: AbortSignal): Promise<void> {
  let streaming = await serverStreams();
  while (!signal.aborted) {
    if (streaming) streaming = await follow(signal);
    if (signal.aborted) return;
    await look(signal);
    await pause(kPollMs, signal);
  }
}

async function serverStreams(): Promise<boolean> {
  await learnOffers().catch(() => undefined);
  return offers('get', '/stream');
}

async function look(signal: AbortSignal): Promise<void> {
  if (document.hidden) return;
  await refreshQueue();
  if (signal.aborted) return;
  connection.value = reachable.value ? 'polling' : 'offline';
  if (reachable.value) tell(kEverything);
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const end = () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', shown);
      signal.removeEventListener('abort', end);
      done();
    };
    const shown = () => !document.hidden && end();
    const timer = setTimeout(end, ms);
    document.addEventListener('visibilitychange', shown);
    signal.addEventListener('abort', end);
  });
}

interface StreamEvent {
  id: string;
  kind: string;
  data: string;
}

let lastId = '';

// Reads /stream until it ends. False: the server has none. fetch instead of EventSource, which cannot send the token.
async function follow(signal: AbortSignal): Promise<boolean> {
  const stopped = new AbortController();
  const stop = () => stopped.abort();
  signal.addEventListener('abort', stop);
  const silence = new Silence(kSilenceMs, stop);
  let gather: Gatherer | null = null;
  try {
    const headers = {Accept: 'text/event-stream', ...(lastId && {'Last-Event-ID': lastId})};
    const answer = await send('GET', '/stream', undefined, stopped.signal, headers);
    if (answer.status === 404 || answer.status === 405) return false;
    if (!answer.ok || !answer.body) return true;
    connection.value = 'live';
    tell(kEverything); // What happened while nobody listened.
    void refreshQueue();
    gather = new Gatherer();
    for await (const event of events(answer.body, silence)) {
      gather.add(event);
    }
  } catch {
    // A stream that breaks is reopened; looking meanwhile tells whether the server is there.
  } finally {
    silence.end();
    gather?.end();
    signal.removeEventListener('abort', stop);
  }
  return true;
}

// Calls when nothing was heard for so long: heartbeats come more often than that, the connection is dead.
class Silence {
  private timer = 0;
  constructor(
    private readonly ms: number,
    private readonly call: () => void,
  ) {
    this.heard();
  }
  heard(): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(this.call, this.ms);
  }
  end(): void {
    clearTimeout(this.timer);
  }
}

// Changes close together are told as one, and to a page nobody looks at when somebody does.
class Gatherer {
  private runs = new Set<string>();
  private tasks = new Set<string>();
  private everything = false;
  private timer = 0;
  private shown = () => {
    if (!document.hidden && this.pending) this.flush();
  };

  constructor() {
    document.addEventListener('visibilitychange', this.shown);
  }

  end(): void {
    document.removeEventListener('visibilitychange', this.shown);
    clearTimeout(this.timer);
    if (this.pending) this.flush();
  }

  private get pending(): boolean {
    return this.everything || this.runs.size > 0 || this.tasks.size > 0;
  }

  add(event: StreamEvent): void {
    let data: {run_id?: string; task_id?: string} = {};
    try {
      data = JSON.parse(event.data || '{}');
    } catch {
      this.everything = true;
    }
    if (data.run_id) this.runs.add(data.run_id);
    if (data.task_id) this.tasks.add(data.task_id);
    if (!data.run_id && !data.task_id) this.everything = true; // resync, the queue, an extension, or something new to this page
    this.timer ||= window.setTimeout(() => {
      this.timer = 0;
      if (!document.hidden) this.flush();
    }, kGatherMs);
  }

  private flush(): void {
    tell(this.everything ? kEverything : {runs: this.runs, tasks: this.tasks});
    this.runs = new Set();
    this.tasks = new Set();
    this.everything = false;
    void refreshQueue();
  }
}

async function* events(body: ReadableStream<Uint8Array>, silence: Silence): AsyncGenerator<StreamEvent> {
  const reader = body.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>).getReader();
  let text = '';
  for (;;) {
    const {done, value} = await reader.read();
    if (done) return;
    silence.heard();
    text += value.replaceAll('\r\n', '\n');
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const event = parse(text.slice(0, end));
      text = text.slice(end + 2);
      if (event) yield event;
    }
  }
}

// null for a heartbeat.
function parse(block: string): StreamEvent | null {
  const event: StreamEvent = {id: '', kind: 'message', data: ''};
  let said = false; // A block without data only moves the position.
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':');
    if (colon <= 0) continue;
    const field = line.slice(0, colon);
    const value = line.slice(colon + 1).replace(/^ /, '');
    if (field === 'id') event.id = lastId = value;
    else if (field === 'event') event.kind = value;
    else if (field === 'data') {
      event.data += (event.data && '\n') + value;
      said = true;
    }
  }
  return said ? event : null;
}
