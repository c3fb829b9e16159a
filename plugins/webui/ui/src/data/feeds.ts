// The two lists of the page, and the titles that runs are shown under.
import {signal} from '@preact/signals';
import {get, query} from '../api';
import {Feed} from './feed';
import {isLive, kUuid, type Page, type Run, type Task} from './types';

export interface TaskFilter {
  status: string;
  owner: string;
}

// What the server does where there are too many tasks to have them all here.
export interface TaskOrder {
  q: string;
  sort: string; // As the table names it.
}

export interface RunFilter {
  state: string;
  task: string;
  owner: string;
}

// So many rows are all loaded; then sorting and searching cost no request.
export const kWhole = 1000;

const kTaskColumns: Record<string, string> = {title: 'title', status: 'status', schedule: 'schedule_expr', next: 'next_run_at', priority: 'priority', owner: 'created_by', updated: 'updated_at', last: 'last_run_state'};
const kRunColumns: Record<string, string> = {run: 'id', title: 'title', state: 'state', source: 'source', queued: 'created_at', started: 'started_at', late: 'lateness_seconds', duration: 'duration_seconds', attempt: 'attempt'};

// The server's word for the table's order; '' where the order is not the server's matter.
function sortOf(sort: string | null, columns: Record<string, string>): string {
  const column = columns[sort?.replace(/^-/, '') ?? ''];
  return column ? (sort!.startsWith('-') ? '-' : '') + column : '';
}

export const titles = signal<ReadonlyMap<string, string>>(new Map());
const asked = new Set<string>();

function learn(tasks: Task[]): void {
  if (tasks.every((task) => titles.value.get(task.id) === task.title)) return;
  const known = new Map(titles.value);
  for (const task of tasks) known.set(task.id, task.title);
  titles.value = known;
}

export async function learnTitles(runs: Run[]): Promise<void> {
  const wanted = [...new Set(runs.map((run) => run.task_id))].filter((id) => !titles.value.has(id) && !asked.has(id));
  if (wanted.length === 0) return;
  for (const id of wanted) asked.add(id);
  // A few: one by one. Many: the list, which is one request for 200 of them.
  if (wanted.length > 5)
    for (let offset = 0; offset < 5000; offset += 200) {
      const page = await get<Page<Task>>(`/tasks${query({limit: 200, offset})}`);
      learn(page.items);
      if (!page.has_more) break;
    }
  for (const id of wanted.slice(0, 50))
    if (!titles.value.has(id)) await get<Task>(`/tasks/${id}`).then((task) => learn([task]), () => undefined);
}

// `order`: null while all of them are loaded.
export function taskFeed({status, owner}: TaskFilter, order: TaskOrder | null): Feed<Task> {
  const started = Date.now();
  const ask = async (parameters: Record<string, string | number>, signal: AbortSignal) => {
    const page = await get<Page<Task>>(`/tasks${query({status, created_by: owner, q: order?.q, ...parameters})}`, signal);
    learn(page.items);
    return page;
  };
  const sort = sortOf(order?.sort ?? null, kTaskColumns);
  return new Feed<Task>(
    {
      page: (offset, limit, signal) => ask({sort: sort || '-updated_at', limit, offset}, signal),
      latest: !sort ? undefined : {page: (limit, signal) => ask({sort: '-updated_at', limit}, signal), admits: (task) => Date.parse(task.created_at) >= started},
      one: (id, signal) => get<Task>(`/tasks/${id}`, signal),
      keeps: (task) => (!status || task.status === status) && (!owner || task.created_by === owner),
      // Its time has come, or its last run is under way: both change without the task being edited.
      unsettled: (task) => (task.next_run_at !== null && Date.parse(task.next_run_at) < Math.max(Date.now(), started)) || (task.last_run !== null && isLive(task.last_run)),
    },
    order ? 200 : kWhole,
  );
}

// `sort`: as the table names it; null while all of them are loaded.
export function runFeed({state, task, owner}: RunFilter, sort: string | null): Feed<Run> {
  const started = Date.now();
  const order = sortOf(sort, kRunColumns);
  const ask = async (parameters: Record<string, string | number>, signal: AbortSignal) => {
    const page = await get<Page<Run>>(`/runs${query({state, task_id: task, created_by: owner, ...parameters})}`, signal);
    void learnTitles(page.items);
    return page;
  };
  return new Feed<Run>(
    {
      page: (offset, limit, signal) => ask({sort: order, limit, offset}, signal),
      latest: !order ? undefined : {page: (limit, signal) => ask({limit}, signal), admits: (run) => Date.parse(run.created_at) >= started},
      one: (id, signal) => get<Run>(`/runs/${id}`, signal),
      keeps: (run) => (!state || run.state === state) && (!owner || run.created_by === owner) && (!task || run.task_id === task),
      unsettled: isLive,
    },
    order ? 200 : kWhole,
  );
}

// Runs of tasks whose name holds `text`, and those whose id begins or ends so: also those that are not loaded yet.
export async function findRuns(text: string, filter: RunFilter, signal: AbortSignal): Promise<Run[]> {
  if (kUuid.test(text)) {
    const run = await get<Run>(`/runs/${text}`, signal).catch(() => null);
    if (run) return [run];
  }
  const ask = (parameters: Record<string, string>) => get<Page<Run>>(`/runs${query({state: filter.state, created_by: filter.owner, limit: kRunsEach, ...parameters})}`, signal);
  const byId = kIdPart.test(text) ? ask({id: text, task_id: filter.task}) : null;
  const tasks = await get<Page<Task>>(`/tasks${query({q: text, limit: kFoundTasks})}`, signal);
  learn(tasks.items);
  const pages = await Promise.all([...(byId ? [byId] : []), ...tasks.items.map(({id}) => ask({task_id: id}))]);
  const found = pages.flatMap(({items}) => items);
  void learnTitles(found);
  return found;
}

const kIdPart = /^[0-9a-f-]{4,36}$/;
const kFoundTasks = 10;
const kRunsEach = 100;
