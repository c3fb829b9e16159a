// One run: where it stands, how it got there, what each step took and gave, what it logged, why it failed.
import {useEffect} from 'preact/hooks';
import {get, post} from '../api';
import {learnTitles} from '../data/feeds';
import {touches, useOne} from '../data/one';
import {learnOwners, ownerName} from '../data/owners';
import {isLive, type Run, type RunDetail, type RunError, type RunEvent, type RunStep} from '../data/types';
import {absolute, between, clock, duration, now, shortId} from '../format';
import {t, word} from '../i18n';
import {may} from '../me';
import {Act, refusal} from '../parts/act';
import {Failure} from '../parts/failure';
import {JsonTree} from '../parts/json_tree';
import {Id, Moment, State} from '../parts/marks';
import {RunLog} from '../parts/run_log';
import {lateness, seconds, titleOf} from '../parts/run_columns';
import {go, href} from '../router';

interface Everything {
  run: RunDetail;
  events: RunEvent[];
}

const kLookMs = 2000; // Steps begin and end without the run changing its state.

async function load(id: string, signal: AbortSignal): Promise<Everything> {
  const [run, events] = await Promise.all([
    get<RunDetail>(`/runs/${id}`, signal),
    get<{items: RunEvent[]}>(`/runs/${id}/events`, signal),
  ]);
  return {run, events: events.items};
}

export function RunPage({id}: {id: string}) {
  const {value, error} = useOne(
    (signal) => load(id, signal),
    (change, known) => touches(change.runs, id) && (known === null || isLive(known.run) || change.runs !== 'all' || refusalOrRetry(known.run)),
    [id],
    ({run}) => (run.state === 'running' ? kLookMs : null),
  );
  useEffect(() => {
    refusal.value = null;
    learnOwners();
    if (value) void learnTitles([value.run]);
  }, [value === null]);
  if (!value) return error ? <Failure error={error} /> : <p class="empty">{t('list.loading')}</p>;
  const {run, events} = value;
  return (
    <article class="page detail">
      <p class="crumbs">
        <a href={href(`tasks/${run.task_id}`)}>{titleOf(run)}</a>
      </p>
      <div class="title">
        <h1>
          {t('col.run')} {shortId(run.id)}
        </h1>
        <span class={`big state is-${run.state}`} data-role="state">
          {word('state', run.state)}
        </span>
        <Controls run={run} />
      </div>
      <Failure error={refusal.value} />
      {run.error && <ErrorCard error={run.error} />}
      <Facts run={run} />
      <div class="two">
        <div>
          {run.trigger && <Cause topic={run.trigger.topic} payload={run.event} />}
          <Steps steps={run.steps} output={run.output} />
        </div>
        <div>
          <History events={events} live={isLive(run)} />
          <RunLog id={run.id} state={run.state} live={isLive(run)} />
        </div>
      </div>
    </article>
  );
}

// A finished run changes again only when someone retries it, here or elsewhere: seen at a glance, not every 2 s.
let turns = 0;
const refusalOrRetry = (run: Run) => run.state !== 'succeeded' && ++turns % 3 === 0;

function Controls({run}: {run: Run}) {
  if (!may('runs:write')) return null;
  const live = isLive(run);
  const failed = ['failed', 'timed_out', 'expired', 'canceled'].includes(run.state);
  return (
    <div class="controls">
      {['failed', 'timed_out'].includes(run.state) && <Act primary label={t('do.retry')} action={() => post(`/runs/${run.id}/retry`)} />}
      {!live && (
        <Act
          primary={failed && run.state !== 'failed' && run.state !== 'timed_out'}
          label={t('do.replay')}
          action={async () => go(href(`runs/${(await post<Run>(`/runs/${run.id}/replay`)).id}`))}
        />
      )}
      {live && <Act danger label={t('do.cancel')} action={() => post(`/runs/${run.id}/cancel`)} />}
    </div>
  );
}

function Facts({run}: {run: Run}) {
  return (
    <dl class="facts">
      <Fact name={t('col.source')}>
        {word('source', run.source)}
        {run.replay_of && (
          <>
            {' · '}
            {t('run.replayof')} <a href={href(`runs/${run.replay_of}`)}>{shortId(run.replay_of)}</a>
          </>
        )}
      </Fact>
      <Fact name={t('col.due')}>
        <Moment at={run.nominal_at ?? run.created_at} />
      </Fact>
      <Fact name={t('col.started')}>
        <Moment at={run.started_at} />
      </Fact>
      <Fact name={t('col.late')}>{duration(lateness(run))}</Fact>
      <Fact name={t('col.duration')}>{duration(seconds(run))}</Fact>
      <Fact name={t('run.attempts')}>{run.attempt}</Fact>
      {run.worker && <Fact name={t('col.worker')}>{run.worker}</Fact>}
      <Fact name={t('run.id')}>
        <Id value={run.id} whole />
      </Fact>
      {run.trace_id && (
        <Fact name={t('run.trace')}>
          <Id value={run.trace_id} whole />
        </Fact>
      )}
    </dl>
  );
}

function Fact({name, children}: {name: string; children: preact.ComponentChildren}) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function ErrorCard({error}: {error: RunError}) {
  return (
    <section class="card bad" aria-label={t('run.error')}>
      <h2>
        {word('error', error.error)} {error.step_id && <small>{t('run.instep', {step: error.step_id})}</small>}
      </h2>
      <p class="message">{error.message}</p>
      {error.details !== undefined && error.details !== null && (
        <>
          <h3>{t('run.cause')}</h3>
          <JsonTree value={error.details} />
        </>
      )}
    </section>
  );
}

// The event that made it run.
function Cause({topic, payload}: {topic: string; payload: unknown}) {
  return (
    <section aria-labelledby="event">
      <h2 id="event">
        {t('run.event')} <code>{topic}</code>
      </h2>
      <JsonTree value={payload ?? null} />
    </section>
  );
}

function Steps({steps, output}: {steps: RunStep[]; output: unknown}) {
  return (
    <section aria-labelledby="steps">
      <h2 id="steps">{t('run.steps')}</h2>
      {steps.length === 0 && <p class="muted">{t('run.nosteps')}</p>}
      <ol class="steps">
        {steps.map((step) => (
          <StepRow key={step.index} step={step} open={steps.length <= 4 || step.state === 'failed' || step.state === 'unknown'} />
        ))}
      </ol>
      {output !== null && output !== undefined && (
        <details class="result">
          <summary>{t('run.result')}</summary>
          <JsonTree value={output} />
        </details>
      )}
    </section>
  );
}

function StepRow({step, open}: {step: RunStep; open: boolean}) {
  const took = between(step.started_at, step.finished_at ?? (step.state === 'running' ? new Date(now.value).toISOString() : null));
  return (
    <li>
      <details open={open}>
        <summary>
          <strong>{step.id}</strong> <code>{step.uses}</code> <State name={step.state} /> <span class="muted">{took === null ? '' : duration(took)}</span>
        </summary>
        <div class="io">
          <div>
            <h3>{t('run.input')}</h3>
            <JsonTree value={step.input ?? null} />
          </div>
          <div>
            <h3>{step.error ? t('run.error') : t('run.output')}</h3>
            {step.error ? <p class="message bad-text">{step.error.message}</p> : step.state === 'running' ? <span class="muted">–</span> : <JsonTree value={step.output ?? null} />}
          </div>
        </div>
      </details>
    </li>
  );
}

function History({events, live}: {events: RunEvent[]; live: boolean}) {
  return (
    <section aria-labelledby="history">
      <h2 id="history">{t('run.history')}</h2>
      <ol class="history">
        {events.map((event, index) => {
          const next = events[index + 1];
          const stayed = between(event.at, next?.at ?? (live ? new Date(now.value).toISOString() : null));
          return (
            <li key={event.sequence}>
              <time dateTime={event.at} title={absolute(event.at)}>
                {clock(event.at)}
              </time>
              <span>
                <State name={event.to} />{' '}
                <span class="muted">{stayed === null ? '' : next ? t('run.for', {duration: duration(stayed)}) : t('run.sofar', {duration: duration(Math.max(0, stayed))})}</span>
                <span class="muted small reason">{[event.reason, t('run.by', {actor: event.actor.length === 36 ? ownerName(event.actor) : event.actor})].filter(Boolean).join(' · ')}</span>
              </span>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
