// The shapes of the REST API that the page reads, as /openapi.json declares them.
export type TaskStatus = 'active' | 'paused' | 'canceled' | 'completed';
export type ScheduleKind = 'cron' | 'rrule' | 'once' | 'event' | 'condition';
export type RunState = 'scheduled' | 'ready' | 'running' | 'retry_wait' | 'waiting' | 'succeeded' | 'failed' | 'timed_out' | 'canceled' | 'expired';

export const kTaskStatuses: TaskStatus[] = ['active', 'paused', 'canceled', 'completed'];
export const kRunStates: RunState[] = ['scheduled', 'ready', 'running', 'retry_wait', 'succeeded', 'failed', 'timed_out', 'canceled', 'expired'];

export interface Page<Row> {
  items: Row[];
  total: number;
  limit: number;
  offset: number;
  has_more: boolean;
}

export interface Step {
  id: string;
  uses: string;
  with?: unknown;
  [more: string]: unknown;
}

export interface Payload {
  params?: unknown;
  pipeline: Step[];
}

export interface Condition {
  source: unknown;
  interval_seconds: number;
  edge: string;
  for_seconds: number;
  cooldown_seconds: number;
}

// What the latest look at a condition's source gave.
export interface ConditionState {
  evaluated_at?: string | null;
  next_evaluation_at?: string | null;
  value?: unknown;
  value_at?: string | null;
  fired_at?: string | null;
  error?: string | null;
  [more: string]: unknown;
}

export interface Task {
  id: string;
  title: string;
  description: string;
  created_by: string;
  schedule_kind: ScheduleKind;
  schedule_expr: string;
  timezone: string;
  schedule_anchor: string; // Where a rule without DTSTART counts from.
  payload: Payload;
  priority: number;
  max_retries: number;
  backoff_strategy: string;
  concurrency_key: string | null;
  overlap: string;
  misfire: string;
  jitter_seconds: number;
  dst_gap: string | null;
  dst_fold: string | null;
  condition?: Condition | null;
  condition_state?: ConditionState | null;
  status: TaskStatus;
  generation: number;
  version: number;
  created_at: string;
  updated_at: string;
  next_run_at: string | null;
  last_run: {id: string; state: RunState; finished_at: string | null} | null;
}

export interface RunError {
  error: string;
  message: string;
  step_id?: string;
  details?: unknown;
}

export interface Run {
  id: string;
  task_id: string;
  created_by: string;
  source: string;
  nominal_at: string | null;
  state: RunState;
  success: boolean | null;
  priority: number;
  attempt: number;
  failures: number;
  lease_losses: number;
  created_at: string;
  run_at: string;
  started_at: string | null;
  finished_at: string | null;
  worker: string | null;
  output: unknown;
  error: RunError | null;
  event?: unknown; // The payload of the event that caused it.
  trigger?: {topic: string; source: string; event_id: string};
  replay_of: string | null;
  trace_id: string | null;
}

export interface RunStep {
  id: string;
  index: number;
  uses: string;
  state: string;
  attempt: number;
  save_as: string | null;
  input: unknown;
  output: unknown;
  error: RunError | null;
  started_at: string | null;
  finished_at: string | null;
}

export interface RunDetail extends Run {
  steps: RunStep[];
}

export interface RunEvent {
  sequence: number;
  at: string;
  from: string | null;
  to: string;
  actor: string;
  reason: string | null;
  trace_id: string | null;
}

export interface RunLogLine {
  at: string;
  level: string;
  step_id: string | null;
  message: string;
  fields: unknown;
}

export interface Queue {
  ready: number;
  running: number;
  scheduled: number;
  retry_wait: number;
  depth: number;
  lateness_seconds: number;
  paused: boolean;
  paused_by: string | null;
}

export interface Stats {
  total: number;
  succeeded: number;
  failed: number;
  success_rate: number | null;
  duration_seconds_mean: number | null;
}

export interface Outcomes {
  total: number;
  succeeded: number;
  failed: number;
  canceled: number;
  live: number;
}

export interface TimelineBucket extends Outcomes {
  at: string;
  lateness_seconds_p50: number | null;
  lateness_seconds_p95: number | null;
  lateness_seconds_p99: number | null;
  lateness_seconds_max: number | null;
  duration_seconds_p50: number | null;
  duration_seconds_p95: number | null;
  duration_seconds_p99: number | null;
  duration_seconds_max: number | null;
}

export interface RunTimeline extends Outcomes {
  start_time: string;
  end_time: string;
  bucket_seconds: number;
  counted_since: string | null;
  items: TimelineBucket[];
}

export interface Extension {
  id: string;
  name: string;
  version: string;
  description: string;
  source: string;
  state: string;
  reason: string;
  capabilities: string[];
  grants: string[];
  granted_by?: string;
  open_calls?: number;
  enforcement: string;
  tools: string[];
  warnings: string[];
}

export interface Tool {
  name: string;
  description: string;
  extension_id: string;
  effect: string;
  input_schema: Schema;
  output_schema: Schema | null;
}

export interface Schema {
  type?: string | string[];
  description?: string;
  enum?: unknown[];
  properties?: Record<string, Schema>;
  items?: Schema;
  required?: string[];
  default?: unknown;
}

export type InWords = Record<'en' | 'ro' | 'ru', string>;

export interface Preview {
  occurrences: {utc: string; local: string}[];
  description: InWords;
  warnings: string[];
  warning_texts: InWords[];
}

export const isLive = (run: {state: string}) => run.state === 'scheduled' || run.state === 'ready' || run.state === 'running' || run.state === 'retry_wait' || run.state === 'waiting';

// What every id looks like.
export const kUuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
