// A task while it is being written: what the form holds, and the body the server is sent.
import type {Payload, ScheduleKind, Task} from './types';

// Beside the expression of a condition.
export interface ConditionDraft {
  source: string; // JSON text, as typed
  interval_seconds: number;
  edge: string;
  for_seconds: number;
  cooldown_seconds: number;
}

export interface Draft {
  title: string;
  description: string;
  schedule_kind: ScheduleKind;
  schedule_expr: string;
  timezone: string;
  dst_gap: string;
  dst_fold: string;
  condition: ConditionDraft;
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

const kFirstCondition: ConditionDraft = {source: '{"kind": "queue"}', interval_seconds: 60, edge: 'rising', for_seconds: 0, cooldown_seconds: 0};

export function newDraft(): Draft {
  return {
    title: '',
    description: '',
    schedule_kind: 'cron',
    schedule_expr: '0 9 * * *',
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC',
    dst_gap: '',
    dst_fold: '',
    condition: kFirstCondition,
    payload: kFirstPayload,
    priority: 5,
    max_retries: 3,
    backoff_strategy: 'exponential_jitter',
    concurrency_key: '',
    overlap: '', // The kind of the schedule decides.
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
    condition: task.condition ? {...kFirstCondition, ...task.condition, source: JSON.stringify(task.condition.source, null, 2)} : kFirstCondition,
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

// Text that should have been JSON: which field it is, for the complaint to stand there.
export class NotJson extends Error {
  constructor(
    readonly pointer: string,
    reason: string,
  ) {
    super(reason);
  }
}

function parse(pointer: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new NotJson(pointer, (error as Error).message);
  }
}

function sent(name: string, draft: Draft): unknown {
  if (name === 'payload') return parse('/payload', draft.payload) as Payload;
  if (name === 'condition') return {...draft.condition, source: parse('/condition/source', draft.condition.source)};
  return draft[name as keyof Draft];
}

// What a preview is asked with; throws NotJson.
export function scheduleOf(draft: Draft, before: Task | null): Record<string, unknown> {
  const {schedule_kind, schedule_expr, timezone, dst_gap, dst_fold} = draft;
  const same = before !== null && before.schedule_kind === schedule_kind && before.schedule_expr === schedule_expr && before.timezone === timezone;
  return {
    schedule_kind,
    schedule_expr,
    timezone,
    ...(dst_gap && {dst_gap}),
    ...(dst_fold && {dst_fold}),
    ...(schedule_kind === 'condition' && {condition: sent('condition', draft)}),
    ...(same && schedule_kind === 'rrule' && {dtstart: before.schedule_anchor}),
  };
}

// What is sent: everything for a new task, else only what differs from `before`. Empty optional texts are left out of a
// new task and taken away from an old one; a condition belongs to tasks of that kind alone.
export function bodyOf(draft: Draft, before: Draft | null): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(draft)) {
    if (name === 'condition' && draft.schedule_kind !== 'condition') continue;
    const turned = name === 'condition' && before?.schedule_kind !== 'condition';
    if (before && !turned && JSON.stringify(before[name as keyof Draft]) === JSON.stringify(value)) continue;
    const optional = name === 'dst_gap' || name === 'dst_fold' || name === 'concurrency_key' || name === 'overlap';
    if (optional && value === '') {
      if (before) body[name] = null;
    } else body[name] = sent(name, draft);
  }
  return body;
}
