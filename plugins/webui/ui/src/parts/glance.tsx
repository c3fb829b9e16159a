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
    <div class="glance">
      <dl aria-label={t('head.numbers')}>
        <Number label={t('head.queued')} value={now ? count(now.depth - now.running) : '–'} id="queued" />
        <Number label={t('head.running')} value={now ? count(now.running) : '–'} id="running" />
        <Number label={t('head.failures')} value={percent(failed)} id="failures" bad={(failed ?? 0) > 0.05} />
        <Number label={t('head.duration')} value={duration(stats.value?.duration_seconds_mean)} id="duration" />
      </dl>
      {may('queue:admin') && now && <QueueSwitch paused={now.paused} />}
      <span class={`connection ${connection.value}`} role="status">
        {t(`conn.${connection.value}`)}
      </span>
    </div>
  );
}

function Number({label, value, id, bad}: {label: string; value: string; id: string; bad?: boolean}) {
  return (
    <div class={bad ? 'number bad' : 'number'}>
      <dt>{label}</dt>
      <dd data-number={id}>{value}</dd>
    </div>
  );
}

function QueueSwitch({paused}: {paused: boolean}) {
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
