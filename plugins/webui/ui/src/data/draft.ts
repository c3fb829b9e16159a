// A task while it is being written: what the form holds, and the body the server is sent.
import type {Payload, ScheduleKind, Task} from './types';

export interface Draft {
  title: string;
  description: string;
  schedule_kind: ScheduleKind;
  schedule_expr: string;
  timezone: string;
  dst_gap: string;
  dst_fold: string;
  payload: string; // JSON text, as typed
  priority: number;
  max_retries: number;
  backoff_strategy: string;
  concurrency_key: string;
  overlap: string;
  misfire: string;
  jitter_seconds: number;
}

const kFirstPayload = `{
  "params": {},
  "pipeline": [
    {
      "id": "hello",
      "uses": "std.echo",
      "with": {
        "message": "Hello"
      }
    }
  ]
}`;

export function newDraft(): Draft {
  return {
    title: '',
    description: '',
    schedule_kind: 'cron',
    schedule_expr: '0 9 * * *',
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC',
    dst_gap: '',
    dst_fold: '',
    payload: kFirstPayload,
    priority: 5,
    max_retries: 3,
    backoff_strategy: 'exponential_jitter',
    concurrency_key: '',
    overlap: 'skip',
    misfire: 'fire_last',
    jitter_seconds: 0,
  };
}

export function draftOf(task: Task): Draft {
  return {
    title: task.title,
    description: task.description,
    schedule_kind: task.schedule_kind,
    schedule_expr: task.schedule_expr,
    timezone: task.timezone,
    dst_gap: task.dst_gap ?? '',
    dst_fold: task.dst_fold ?? '',
    payload: JSON.stringify(task.payload, null, 2),
    priority: task.priority,
    max_retries: task.max_retries,
    backoff_strategy: task.backoff_strategy,
    concurrency_key: task.concurrency_key ?? '',
    overlap: task.overlap,
    misfire: task.misfire,
    jitter_seconds: task.jitter_seconds,
  };
}

// What is sent: everything for a new task, else only what differs from `before`. Empty optional texts are left out of a
// new task and taken away from an old one.
export function bodyOf(draft: Draft, before: Draft | null): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(draft)) {
    if (before && before[name as keyof Draft] === value) continue;
    const optional = name === 'dst_gap' || name === 'dst_fold' || name === 'concurrency_key';
    if (optional && value === '') {
      if (before) body[name] = null;
    } else body[name] = name === 'payload' ? (JSON.parse(value as string) as Payload) : value;
  }
  return body;
}
