// All tasks, live.
import {useSignal} from '@preact/signals';
import {useEffect, useMemo} from 'preact/hooks';
import {get} from '../api';
import type {Feed} from '../data/feed';
import {kWhole, taskFeed} from '../data/feeds';
import {learnOwners, ownerName, owners} from '../data/owners';
import {kTaskStatuses, type Page, type Run, type Task} from '../data/types';
import {t, word} from '../i18n';
import {watch} from '../live';
import {may} from '../me';
import {Failure} from '../parts/failure';
import {chosen, Choice, Filters, Search, useSettled} from '../parts/filters';
import {Moment, State} from '../parts/marks';
import {Table, type Column} from '../parts/table';
import {href, setQuery} from '../router';

const columns = (): Column<Task>[] => [
  {id: 'title', label: t('col.title'), value: (task) => task.title, cell: (task) => <TaskLink task={task} />},
  {id: 'status', label: t('col.status'), value: (task) => task.status, cell: (task) => <State name={task.status} group="status" />},
  {id: 'schedule', label: t('col.schedule'), value: (task) => task.schedule_expr, cell: (task) => <code title={`${task.schedule_expr} · ${task.timezone}`}>{task.schedule_expr}</code>},
  {id: 'next', label: t('col.next'), value: (task) => task.next_run_at && Date.parse(task.next_run_at), cell: (task) => <Moment at={task.next_run_at} />},
  {id: 'last', label: t('col.last'), value: (task) => task.last_run?.state ?? null, cell: (task) => <LastRun task={task} />},
  {id: 'priority', label: t('col.priority'), value: (task) => task.priority, cell: (task) => task.priority},
  {id: 'owner', label: t('col.owner'), value: (task) => ownerName(task.created_by), cell: (task) => ownerName(task.created_by)},
  {id: 'updated', label: t('col.updated'), value: (task) => Date.parse(task.updated_at), cell: (task) => <Moment at={task.updated_at} />},
];

function TaskLink({task}: {task: Task}) {
  return (
    <a class="row-link" href={href(`tasks/${task.id}`)} title={task.title}>
      {task.title}
    </a>
  );
}

function NewTask() {
  if (!may('tasks:write')) return null;
  return (
    <a class="button primary" href={href('tasks/new')}>
      {t('do.new')}
    </a>
  );
}

function LastRun({task}: {task: Task}) {
  if (!task.last_run) return <span class="muted">–</span>;
  return (
    <a href={href(`runs/${task.last_run.id}`)}>
      <State name={task.last_run.state} />
    </a>
  );
}

// A run that began by hand leaves its task untouched: what the newest runs say of their tasks is written into the rows.
async function followRuns(feed: Feed<Task>): Promise<void> {
  const newest = await get<Page<Run>>('/runs?limit=50');
  const latest = new Map<string, Run>();
  for (const run of newest.items) if (!latest.has(run.task_id)) latest.set(run.task_id, run);
  const changed = feed.rows.value.flatMap((task) => {
    const run = latest.get(task.id);
    if (!run || (task.last_run?.id === run.id && task.last_run.state === run.state)) return [];
    return [{...task, last_run: {id: run.id, state: run.state, finished_at: run.finished_at}}];
  });
  if (changed.length > 0) feed.put(changed);
}

export function TasksPage() {
  const status = chosen('status');
  const owner = chosen('owner');
  const sort = chosen('sort') || 'next';
  const text = chosen('q').toLowerCase();
  const typed = useSettled(text);
  const many = useSignal(false);
  const order = many.value ? {q: typed, sort} : null;
  const feed = useMemo(() => taskFeed({status, owner}, order), [status, owner, order?.q, order?.sort]);
  // More of them than are kept here: from then on the server sorts and searches.
  const tooMany = feed.total.value > kWhole;
  useEffect(() => {
    if (tooMany) many.value = true;
  }, [tooMany]);
  useEffect(() => {
    learnOwners();
    feed.start();
    const leave = watch((change) => {
      feed.refresh(change.tasks);
      void followRuns(feed).catch(() => undefined);
    });
    return () => {
      leave();
      feed.stop();
    };
  }, [feed]);
  const all = feed.rows.value;
  const rows = useMemo(() => (text ? all.filter(({title, description, id}) => `${title}\n${description}\n${id}`.toLowerCase().includes(text)) : all), [all, text]);
  return (
    <section class="page list">
      <h1 class="unseen">
        {t('nav.tasks')}
      </h1>
      <Filters names={['q', 'status', 'owner']} shown={rows.length} total={feed.total.value} action={<NewTask />}>
        <Search label={t('filter.search.tasks')} />
        <Choice name="status" label={t('filter.status')} values={kTaskStatuses.map((name) => [name, word('status', name)])} />
        {owners.value.length > 0 && <Choice name="owner" label={t('filter.owner')} values={owners.value.map((agent) => [agent.id, agent.name])} />}
      </Filters>
      <Failure error={feed.error.value} />
      {rows.length === 0 ? (
        <p class="empty">{t(feed.loading.value ? 'list.loading' : all.length > 0 || status || owner || text ? 'list.nothing' : 'list.empty.tasks')}</p>
      ) : (
        <Table
          label={t('nav.tasks')}
          columns={columns()}
          rows={rows}
          sort={sort}
          plain={many.value}
          onSort={(sort) => setQuery({sort})}
          onEnd={() => {
            if (many.value && !feed.complete) void feed.more();
          }}
        />
      )}
    </section>
  );
}
