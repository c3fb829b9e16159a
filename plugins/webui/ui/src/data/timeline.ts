// The server's sums of runs by stretches of time, made into rows of numbers for the charts.
import {get, query} from '../api';
import type {RunTimeline, TimelineBucket} from './types';

export interface Span {
  name: string;
  seconds: number;
  bucket: number; // seconds, of those the server offers
  lookMs: number; // How often it is worth looking again.
}

export const kSpans: Span[] = [
  {name: '15m', seconds: 900, bucket: 60, lookMs: 10_000},
  {name: '1h', seconds: 3600, bucket: 60, lookMs: 15_000},
  {name: '6h', seconds: 21_600, bucket: 300, lookMs: 30_000},
  {name: '24h', seconds: 86_400, bucket: 900, lookMs: 60_000},
  {name: '7d', seconds: 604_800, bucket: 3600, lookMs: 120_000},
];

export interface Loaded extends RunTimeline {
  at: number; // when it was asked for
}

export async function loadTimeline({seconds, bucket}: Span, signal: AbortSignal): Promise<Loaded> {
  const at = Date.now();
  // The bucket that is under way is the last one; the span ends with it.
  const end = (Math.floor(at / 1000 / bucket) + 1) * bucket;
  const times = {start_time: new Date((end - seconds) * 1000).toISOString(), end_time: new Date(end * 1000).toISOString()};
  return {...(await get<RunTimeline>(`/runs/stats/timeline${query({...times, bucket_seconds: bucket})}`, signal)), at};
}

type Measure = 'lateness_seconds' | 'duration_seconds';
type Figure = 'p50' | 'p95' | 'p99' | 'max';

// One number for every bucket of the span, those without runs too.
export class Rows {
  readonly at: number[] = []; // seconds since the epoch, the begin of each bucket
  private readonly buckets: (TimelineBucket | undefined)[] = [];

  constructor(timeline: RunTimeline) {
    const size = timeline.bucket_seconds;
    const known = new Map(timeline.items.map((bucket) => [Date.parse(bucket.at) / 1000, bucket]));
    for (let at = Date.parse(timeline.start_time) / 1000; at < Date.parse(timeline.end_time) / 1000; at += size) {
      this.at.push(at);
      this.buckets.push(known.get(at));
    }
  }

  count(of: (bucket: TimelineBucket) => number): number[] {
    return this.buckets.map((bucket) => (bucket ? of(bucket) : 0));
  }

  measure(name: Measure, figure: Figure): (number | null)[] {
    return this.buckets.map((bucket) => bucket?.[`${name}_${figure}`] ?? null);
  }
}
