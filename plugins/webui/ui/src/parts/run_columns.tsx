// How runs look in a table, with or without their task.
import {titles} from '../data/feeds';
import {isLive, type Run} from '../data/types';
import {between, duration, now, shortId} from '../format';
import {t, word} from '../i18n';
import {href} from '../router';
import {Moment, State} from './marks';
import type {Column} from './table';

const time = (at: string | null) => (at ? Date.parse(at) : null);
export const titleOf = (run: Run) => titles.value.get(run.task_id) ?? shortId(run.task_id);

export function seconds(run: Run): number | null {
  if (!run.started_at) return null;
  return between(run.started_at, run.finished_at ?? (isLive(run) ? new Date(now.value).toISOString() : null));
}

// Start of the first attempt after the moment it was due.
export const lateness = (run: Run) => between(run.nominal_at ?? run.created_at, run.started_at);

export function runColumns(withTask: boolean): Column<Run>[] {
  const columns: Column<Run>[] = [
    {
      id: 'run',
      label: t('col.run'),
      value: (run) => run.id,
      cell: (run) => (
        <a class="row-link mono" href={href(`runs/${run.id}`)} title={run.id} aria-label={t('list.open.run', {id: shortId(run.id)})}>
          {shortId(run.id)}
        </a>
      ),
    },
    {id: 'state', label: t('col.state'), value: (run) => run.state, cell: (run) => <State name={run.state} />},
    {id: 'source', label: t('col.source'), value: (run) => run.source, cell: (run) => word('source', run.source)},
    {id: 'queued', label: t('col.queued'), value: (run) => time(run.created_at), cell: (run) => <Moment at={run.created_at} />},
    {id: 'started', label: t('col.started'), value: (run) => time(run.started_at), cell: (run) => <Moment at={run.started_at} />},
    {id: 'late', label: t('col.late'), value: lateness, cell: (run) => duration(lateness(run))},
    {id: 'duration', label: t('col.duration'), value: seconds, cell: (run) => duration(seconds(run))},
    {id: 'attempt', label: t('col.attempt'), value: (run) => run.attempt, cell: (run) => run.attempt},
  ];
  if (!withTask) return columns.filter(({id}) => id !== 'queued' && id !== 'attempt');
  columns.splice(1, 0, {
    id: 'title',
    label: t('col.title'),
    value: titleOf,
    cell: (run) => (
      <a href={href(`tasks/${run.task_id}`)} title={titleOf(run)}>
        {titleOf(run)}
      </a>
    ),
  });
  return columns;
}
