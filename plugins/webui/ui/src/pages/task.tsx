// One task: what it does, when it runs next, its controls and its latest runs.
import {useSignal} from '@preact/signals';
import {useEffect, useMemo} from 'preact/hooks';
import {get, post} from '../api';
import {runFeed} from '../data/feeds';
import {touches, useOne} from '../data/one';
import {learnOwners, ownerName} from '../data/owners';
import type {ConditionState, Run, Task} from '../data/types';
import {absolute} from '../format';
import {t, word, type Key} from '../i18n';
import {watch} from '../live';
import {may} from '../me';
import {Act, Dialog, refusal} from '../parts/act';
import {Failure} from '../parts/failure';
import {JsonTree} from '../parts/json_tree';
import {Id, Moment} from '../parts/marks';
import {runColumns} from '../parts/run_columns';
import {ScheduleText} from '../parts/schedule_text';
import {Table} from '../parts/table';
import {go, href} from '../router';

const kSnoozes: [Key, number][] = [
  ['snooze.15m', 900],
  ['snooze.1h', 3600],
  ['snooze.1d', 86_400],
  ['snooze.7d', 604_800],
];

export function TaskPage({id}: {id: string}) {
  const {value: task, error} = useOne(
    (signal) => get<Task>(`/tasks/${id}`, signal),
    (change) => touches(change.tasks, id),
    [id],
  );
  useEffect(() => {
    refusal.value = null;
    learnOwners();
  }, [id]);
  if (!task) return error ? <Failure error={error} /> : <p class="empty">{t('list.loading')}</p>;
  return (
    <article class="page detail">
      <p class="crumbs">
        <a href={href('tasks')}>{t('nav.tasks')}</a>
      </p>
      <div class="title">
        <h1>{task.title}</h1>
        <span class={`big state is-${task.status}`} data-role="state">
          {word('status', task.status)}
        </span>
        <Controls task={task} />
      </div>
      <Failure error={refusal.value} />
      {task.description && <p class="description">{task.description}</p>}
      <dl class="facts">
        <div>
          <dt>{t('edit.when')}</dt>
          <dd>
            <ScheduleText task={task} />
          </dd>
        </div>
        {task.schedule_kind !== 'event' && task.schedule_kind !== 'condition' && (
          <div>
            <dt>{t('task.next')}</dt>
            <dd data-role="next">
              {task.next_run_at ? (
                <>
                  <Moment at={task.next_run_at} /> <span class="muted">{absolute(task.next_run_at)}</span>
                </>
              ) : (
                t('task.none')
              )}
            </dd>
          </div>
        )}
        <div>
          <dt>{t('task.zone')}</dt>
          <dd>{task.timezone}</dd>
        </div>
        <div>
          <dt>{t('col.priority')}</dt>
          <dd>{task.priority}</dd>
        </div>
        <div>
          <dt>{t('task.retries')}</dt>
          <dd>{task.max_retries}</dd>
        </div>
        <div>
          <dt>{t('task.overlap')}</dt>
          <dd>{word('overlap', task.overlap)}</dd>
        </div>
        <div>
          <dt>{t('task.misfire')}</dt>
          <dd>{word('misfire', task.misfire)}</dd>
        </div>
        <div>
          <dt>{t('col.owner')}</dt>
          <dd>{ownerName(task.created_by)}</dd>
        </div>
        <div>
          <dt>{t('task.created')}</dt>
          <dd>
            <Moment at={task.created_at} />
          </dd>
        </div>
        <div>
          <dt>{t('task.id')}</dt>
          <dd>
            <Id value={task.id} whole />
          </dd>
        </div>
        {task.condition_state && <ConditionFacts state={task.condition_state} />}
      </dl>
      <div class="two wide-left">
        <TaskRuns id={id} />
        <section aria-labelledby="does">
          <h2 id="does">{t('task.definition')}</h2>
          <ol class="steps">
            {task.payload.pipeline.map((step, index) => (
              <li key={index}>
                <details open={task.payload.pipeline.length <= 4}>
                  <summary>
                    <strong>{step.id}</strong> <code>{step.uses}</code>
                  </summary>
                  <JsonTree value={Object.fromEntries(Object.entries(step).filter(([name]) => name !== 'id' && name !== 'uses'))} />
                </details>
              </li>
            ))}
          </ol>
          {task.payload.params !== undefined && <JsonTree name="params" value={task.payload.params} />}
        </section>
      </div>
    </article>
  );
}

// What the latest look at the condition's source said.
function ConditionFacts({state}: {state: ConditionState}) {
  return (
    <>
      <div>
        <dt>{t('condition.value')}</dt>
        <dd>
          {state.error ? <span class="bad-text">{state.error}</span> : state.value === undefined || !state.evaluated_at ? t('time.never') : <code>{JSON.stringify(state.value)}</code>} <Moment at={state.evaluated_at ?? null} />
        </dd>
      </div>
      <div>
        <dt>{t('condition.next')}</dt>
        <dd>
          <Moment at={state.next_evaluation_at ?? null} />
        </dd>
      </div>
    </>
  );
}

function Controls({task}: {task: Task}) {
  if (!may('tasks:write')) return null;
  const ended = task.status === 'canceled';
  const at = `/tasks/${task.id}`;
  return (
    <div class="controls">
      {!ended && <Act primary label={t('do.run')} action={async () => go(href(`runs/${(await post<Run>(`${at}/run_now`)).id}`))} />}
      {task.status === 'active' && <Act label={t('do.pause')} action={() => post(`${at}/pause`)} />}
      {task.status === 'paused' && <Act label={t('do.resume')} action={() => post(`${at}/resume`)} />}
      {task.status === 'active' && task.next_run_at && <Snooze task={task} />}
      {!ended && (
        <a class="button" href={href(`tasks/${task.id}/edit`)}>
          {t('do.edit')}
        </a>
      )}
      {(task.status === 'active' || task.status === 'paused') && (
        <Act danger label={t('do.cancel')} confirm={{question: t('do.confirm.cancel.task'), yes: t('do.yes'), no: t('do.no')}} action={() => post(`${at}/cancel`)} />
      )}
    </div>
  );
}

function Snooze({task}: {task: Task}) {
  const open = useSignal(false);
  return (
    <>
      <button onClick={() => (open.value = true)} aria-haspopup="dialog">
        {t('do.snooze')}
      </button>
      {open.value && (
        <Dialog label={t('do.snooze')} onClose={() => (open.value = false)}>
          <h2>{t('snooze.by')}</h2>
          <div class="controls">
            {kSnoozes.map(([key, delay_seconds]) => (
              <Act
                key={key}
                label={t(key)}
                action={async () => {
                  await post(`/tasks/${task.id}/snooze`, {delay_seconds});
                  open.value = false;
                }}
              />
            ))}
          </div>
          <Failure error={refusal.value} />
          <button class="quiet" onClick={() => (open.value = false)}>
            {t('do.close')}
          </button>
        </Dialog>
      )}
    </>
  );
}

function TaskRuns({id}: {id: string}) {
  const sort = useSignal('-started');
  const feed = useMemo(() => runFeed({state: '', task: id, owner: ''}, null), [id]);
  useEffect(() => {
    feed.start();
    const leave = watch((change) => feed.refresh(change.runs));
    return () => {
      leave();
      feed.stop();
    };
  }, [feed]);
  const rows = feed.rows.value;
  return (
    <section aria-labelledby="runs" class="task-runs">
      <h2 id="runs">
        {t('task.runs')} <a href={href('runs', {task: id})}>{t('task.allruns')}</a>
      </h2>
      <Failure error={feed.error.value} />
      {rows.length === 0 ? (
        <p class="muted">{t(feed.loading.value ? 'list.loading' : 'list.empty.runs')}</p>
      ) : (
        <Table label={t('task.runs')} columns={runColumns(false)} rows={rows} sort={sort.value} onSort={(to) => (sort.value = to)} />
      )}
    </section>
  );
}
