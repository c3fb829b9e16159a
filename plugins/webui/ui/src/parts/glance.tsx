// The header's numbers, the switch of the queue and how the page hears of changes.
import {signal, useSignalEffect} from '@preact/signals';
import {useEffect} from 'preact/hooks';
import {get, post} from '../api';
import type {Stats} from '../data/types';
import {count, duration, percent} from '../format';
import {t} from '../i18n';
import {changedHere, connection, queue} from '../live';
import {may} from '../me';

const kStatsEveryMs = 15_000;
const stats = signal<Stats | null>(null);

async function refreshStats(): Promise<void> {
  if (document.hidden) return;
  stats.value = await get<Stats>('/runs/stats/summary?days=1').catch(() => stats.value);
}

export function Glance() {
  useEffect(() => {
    void refreshStats();
    const timer = setInterval(refreshStats, kStatsEveryMs);
    return () => clearInterval(timer);
  }, []);
  useSignalEffect(() => {
    document.title = queue.value && queue.value.running > 0 ? `(${queue.value.running}) Ordinaut` : 'Ordinaut';
  });
  const now = queue.value;
  const failed = stats.value?.success_rate === null || stats.value === null ? null : 1 - stats.value.success_rate;
  return (
    <dl class="glance" aria-label={t('head.numbers')}>
      <Number name="queued" value={now ? count(now.depth - now.running) : '–'} />
      <Number name="running" value={now ? count(now.running) : '–'} />
      <Number name="failures" value={percent(failed)} bad={(failed ?? 0) > 0.05} />
      <Number name="duration" value={duration(stats.value?.duration_seconds_mean)} />
    </dl>
  );
}

// Two labels: one for where there is room, one for where there is none.
function Number({name, value, bad}: {name: 'queued' | 'running' | 'failures' | 'duration'; value: string; bad?: boolean}) {
  return (
    <div class={bad ? 'number bad' : 'number'}>
      <dt>
        <span class="roomy">{t(`head.${name}`)}</span>
        <abbr class="narrow" title={t(`head.${name}`)}>
          {t(`head.${name}.short`)}
        </abbr>
      </dt>
      <dd data-number={name}>{value}</dd>
    </div>
  );
}

export function ConnectionState() {
  return (
    <span class={`connection ${connection.value}`} role="status">
      <span>{t(`conn.${connection.value}`)}</span>
    </span>
  );
}

export function QueueSwitch() {
  if (!may('queue:admin') || !queue.value) return null;
  const {paused} = queue.value;
  const turn = async () => {
    await post(`/admin/queue/${paused ? 'resume' : 'pause'}`).catch(() => undefined);
    changedHere();
  };
  return (
    <button class={paused ? 'primary' : ''} onClick={turn} title={paused ? t('queue.paused') : undefined}>
      {t(paused ? 'queue.resume' : 'queue.pause')}
    </button>
  );
}
