// The two lists of the page, and the titles that runs are shown under.
import {signal} from '@preact/signals';
import {get, query} from '../api';
import {Feed} from './feed';
import {isLive, type Page, type Run, type Task} from './types';

export interface TaskFilter {
  status: string;
  owner: string;
  q: string; // Only for the server: the page narrows further by itself.
}

export interface RunFilter {
  state: string;
  task: string;
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

export function taskFeed(filter: TaskFilter): Feed<Task> {
  const started = Date.now();
  return new Feed<Task>(
    {
      page: async (offset, limit, signal) => {
        const page = await get<Page<Task>>(
          `/tasks${query({status: filter.status, created_by: filter.owner, q: filter.q, sort: '-updated_at', limit, offset})}`,
          signal,
        );
        learn(page.items);
        return page;
      },
      one: (id, signal) => get<Task>(`/tasks/${id}`, signal),
      keeps: (task) => (!filter.status || task.status === filter.status) && (!filter.owner || task.created_by === filter.owner),
      // Its time has come, or its last run is under way: both change without the task being edited.
      unsettled: (task) => (task.next_run_at !== null && Date.parse(task.next_run_at) < Math.max(Date.now(), started)) || (task.last_run !== null && isLive(task.last_run)),
    },
    5000,
  );
}

export function runFeed(filter: RunFilter): Feed<Run> {
  return new Feed<Run>(
    {
      page: async (offset, limit, signal) => {
        const page = await get<Page<Run>>(`/runs${query({state: filter.state, task_id: filter.task, limit, offset})}`, signal);
        void learnTitles(page.items);
        return page;
      },
      one: (id, signal) => get<Run>(`/runs/${id}`, signal),
      keeps: (run) => !filter.state || run.state === filter.state,
      unsettled: isLive,
    },
    1000,
  );
}
