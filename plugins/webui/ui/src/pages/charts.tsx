// How the last minutes or hours went.
import {useMemo} from 'preact/hooks';
import {get, query} from '../api';
import {bucketsOf} from '../data/minutes';
import {useOne} from '../data/one';
import type {Page, Run} from '../data/types';
import {t, word, type Key} from '../i18n';
import {Chart} from '../parts/chart';
import {Failure} from '../parts/failure';
import {chosen} from '../parts/filters';
import {setQuery} from '../router';
import '../styles/charts.css';

const kSpans: [string, number][] = [
  ['15m', 15],
  ['1h', 60],
  ['6h', 360],
  ['24h', 1440],
];
const kRunsMax = 4000;
const kLookMs = 15_000;

interface Loaded {
  runs: Run[];
  total: number;
  at: number;
}

async function load(minutes: number, signal: AbortSignal): Promise<Loaded> {
  const at = Date.now();
  const start_time = new Date(at - minutes * 60_000).toISOString();
  const runs: Run[] = [];
  for (;;) {
    const page = await get<Page<Run>>(`/runs${query({start_time, include_errors: 'false', limit: 200, offset: runs.length})}`, signal);
    runs.push(...page.items);
    if (!page.has_more || page.items.length === 0 || runs.length >= kRunsMax) return {runs, total: page.total, at};
  }
}

export function ChartsPage() {
  const span = chosen('span') || '1h';
  const minutes = kSpans.find(([name]) => name === span)?.[1] ?? 60;
  const {value, error} = useOne(
    (signal) => load(minutes, signal),
    (_, known) => known === null || Date.now() - known.at > kLookMs,
    [minutes],
  );
  return (
    <section class="page detail" aria-labelledby="charts-title">
      <div class="title">
        <h1 id="charts-title">{t('nav.charts')}</h1>
        <div class="segments" role="group" aria-label={t('charts.span')}>
          {kSpans.map(([name]) => (
            <button key={name} aria-pressed={name === span} onClick={() => setQuery({span: name})}>
              {t(`charts.${name}` as Key)}
            </button>
          ))}
        </div>
      </div>
      <Failure error={error} />
      {value ? <Charts loaded={value} minutes={minutes} /> : !error && <p class="empty">{t('list.loading')}</p>}
    </section>
  );
}

function Charts({loaded: {runs, total, at}, minutes}: {loaded: Loaded; minutes: number}) {
  const buckets = useMemo(() => bucketsOf(runs, minutes, at), [runs, minutes, at]);
  const ok = runs.filter(({success}) => success === true).length;
  const bad = runs.filter(({state}) => state === 'failed' || state === 'timed_out' || state === 'expired').length;
  return (
    <>
      <p class="muted summary" data-role="summary">
        {runs.length === 0 ? t('charts.none') : t('charts.sum', {n: runs.length, ok, bad, other: runs.length - ok - bad})}
        {total > runs.length && ` ${t('charts.part', {n: runs.length})}`}
      </p>
      <Chart
        title={t('charts.minutes')}
        at={buckets.at}
        stack
        series={[
          {label: word('state', 'succeeded'), colour: '--good', values: buckets.succeeded, bars: true},
          {label: word('state', 'failed'), colour: '--bad', values: buckets.failed, bars: true},
          {label: `${word('state', 'canceled')}, ${word('state', 'running')}`, colour: '--muted', values: buckets.other, bars: true},
        ]}
      />
      <div class="chart-pair">
        <Chart
          title={t('charts.durations')}
          at={buckets.at}
          series={[
            {label: t('charts.median'), colour: '--busy', values: buckets.durationMedian},
            {label: t('charts.p95'), colour: '--wait', values: buckets.duration95},
          ]}
        />
        <Chart
          title={t('charts.lateness')}
          at={buckets.at}
          series={[
            {label: t('charts.median'), colour: '--busy', values: buckets.latenessMedian},
            {label: t('charts.p95'), colour: '--wait', values: buckets.lateness95},
          ]}
        />
      </div>
    </>
  );
}
