// Runs put into buckets of time, for the charts.
import type {Run} from './types';

export interface Buckets {
  at: number[]; // seconds since the epoch, begin of each bucket
  succeeded: number[];
  failed: number[];
  other: number[]; // canceled, or not ended
  durationMedian: (number | null)[];
  duration95: (number | null)[];
  latenessMedian: (number | null)[];
  lateness95: (number | null)[];
  minutesEach: number;
}

// At most this many bars fit a chart and can still be told apart.
const kBuckets = 120;

function quantile(sorted: number[], share: number): number | null {
  return sorted.length === 0 ? null : sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)];
}

const seconds = (from: string, to: string) => Math.max(0, (Date.parse(to) - Date.parse(from)) / 1000);

export function bucketsOf(runs: Run[], spanMinutes: number, now: number): Buckets {
  const minutesEach = Math.max(1, Math.ceil(spanMinutes / kBuckets));
  const size = minutesEach * 60;
  const count = Math.ceil(spanMinutes / minutesEach);
  const first = (Math.floor(now / 1000 / size) - count + 1) * size;
  const empty = () => Array.from({length: count}, () => [] as number[]);
  const zeros = () => new Array<number>(count).fill(0);
  const durations = empty();
  const latenesses = empty();
  const result = {succeeded: zeros(), failed: zeros(), other: zeros()};
  for (const run of runs) {
    const index = Math.floor((Date.parse(run.created_at) / 1000 - first) / size);
    if (index < 0 || index >= count) continue;
    const outcome = run.success === true ? 'succeeded' : run.state === 'failed' || run.state === 'timed_out' || run.state === 'expired' ? 'failed' : 'other';
    ++result[outcome][index];
    if (run.started_at) latenesses[index].push(seconds(run.nominal_at ?? run.created_at, run.started_at));
    if (run.started_at && run.finished_at) durations[index].push(seconds(run.started_at, run.finished_at));
  }
  const perMinute = (counts: number[]) => counts.map((n) => n / minutesEach);
  for (const list of [...durations, ...latenesses]) list.sort((a, b) => a - b);
  return {
    at: Array.from({length: count}, (_, index) => first + index * size),
    succeeded: perMinute(result.succeeded),
    failed: perMinute(result.failed),
    other: perMinute(result.other),
    durationMedian: durations.map((list) => quantile(list, 0.5)),
    duration95: durations.map((list) => quantile(list, 0.95)),
    latenessMedian: latenesses.map((list) => quantile(list, 0.5)),
    lateness95: latenesses.map((list) => quantile(list, 0.95)),
    minutesEach,
  };
}
