// How the last minutes, hours or days went. The server sums up; no run is fetched.
import {useMemo} from 'preact/hooks';
import {kSpans, loadTimeline, Rows, type Loaded, type Span} from '../data/timeline';
import {useOne} from '../data/one';
import {absolute, count} from '../format';
import {t, word, type Key} from '../i18n';
import {Chart, type Series} from '../parts/chart';
import {Failure} from '../parts/failure';
import {chosen} from '../parts/filters';
import {setQuery} from '../router';
import '../styles/charts.css';

export function ChartsPage() {
  const name = chosen('span') || '1h';
  const span = kSpans.find((one) => one.name === name) ?? kSpans[1];
  const {value, error} = useOne(
    (signal) => loadTimeline(span, signal),
    (_, known) => known === null || Date.now() - known.at > span.lookMs,
    [span],
    () => span.lookMs,
  );
  return (
    <section class="page detail" aria-labelledby="charts-title">
      <div class="title">
        <h1 id="charts-title">{t('nav.charts')}</h1>
        <div class="segments" role="group" aria-label={t('charts.span')}>
          {kSpans.map((one) => (
            <button key={one.name} aria-pressed={one === span} onClick={() => setQuery({span: one.name})}>
              {t(`charts.${one.name}` as Key)}
            </button>
          ))}
        </div>
      </div>
      <Failure error={error} />
      {value ? <Charts loaded={value} span={span} /> : !error && <p class="empty">{t('list.loading')}</p>}
    </section>
  );
}

function Charts({loaded, span}: {loaded: Loaded; span: Span}) {
  const rows = useMemo(() => new Rows(loaded), [loaded]);
  const {total, succeeded, failed, canceled, live} = loaded;
  const spread = (measure: 'lateness_seconds' | 'duration_seconds'): Series[] => [
    {label: t('charts.median'), colour: '--busy', values: rows.measure(measure, 'p50')},
    {label: t('charts.p95'), colour: '--wait', values: rows.measure(measure, 'p95')},
    {label: t('charts.p99'), colour: '--muted', values: rows.measure(measure, 'p99')},
  ];
  return (
    <>
      <p class="muted summary" data-role="summary">
        {total === 0 ? t('charts.none') : t('charts.sum', {n: count(total), ok: count(succeeded), bad: count(failed), other: count(canceled + live)})}
        {loaded.counted_since && ` ${t('charts.since', {at: absolute(loaded.counted_since)})}`}
      </p>
      <Chart
        title={t(`charts.per.${span.bucket}` as Key)}
        at={rows.at}
        stack
        whole
        series={[
          {label: word('state', 'succeeded'), colour: '--good', values: rows.count((bucket) => bucket.succeeded), bars: true},
          {label: word('state', 'failed'), colour: '--bad', values: rows.count((bucket) => bucket.failed), bars: true},
          {label: t('charts.other'), colour: '--muted', values: rows.count((bucket) => bucket.canceled + bucket.live), bars: true},
        ]}
      />
      <div class="chart-pair">
        <Chart title={t('charts.durations')} at={rows.at} series={spread('duration_seconds')} />
        <Chart title={t('charts.lateness')} at={rows.at} series={spread('lateness_seconds')} />
      </div>
    </>
  );
}
