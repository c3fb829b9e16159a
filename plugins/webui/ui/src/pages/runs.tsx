// All runs, live: unfinished ones too.
import {useSignal} from '@preact/signals';
import {useEffect, useMemo} from 'preact/hooks';
import {findRuns, kWhole, runFeed} from '../data/feeds';
import {learnOwners, owners} from '../data/owners';
import {kRunStates, kUuid} from '../data/types';
import {t, word} from '../i18n';
import {watch} from '../live';
import {Failure} from '../parts/failure';
import {chosen, Choice, Filters, Search, useSettled} from '../parts/filters';
import {runColumns, titleOf} from '../parts/run_columns';
import {Table} from '../parts/table';
import {narrow} from '../room';
import {go, href, setQuery} from '../router';

export function RunsPage() {
  const state = chosen('state');
  const task = chosen('task');
  const owner = chosen('owner');
  const text = chosen('q').toLowerCase();
  const sort = chosen('sort') || '-queued';
  const typed = useSettled(text);
  const filter = {state, task, owner};
  const many = useSignal(false);
  const order = many.value && sort !== '-queued' ? sort : null;
  const feed = useMemo(() => runFeed(filter, order), [state, task, owner, order]);
  // More of them than are kept here: from then on the server sorts.
  const tooMany = feed.total.value > kWhole;
  useEffect(() => {
    if (tooMany) many.value = true;
  }, [tooMany]);
  useEffect(() => {
    learnOwners();
    feed.start();
    const leave = watch((change) => feed.refresh(change.runs));
    return () => {
      leave();
      feed.stop();
    };
  }, [feed]);
  useEffect(() => {
    if (!typed || feed.loading.value || feed.complete) return;
    const stopped = new AbortController();
    findRuns(typed, filter, stopped.signal).then(
      (found) => feed.put(found),
      () => undefined,
    );
    return () => stopped.abort();
  }, [feed, typed, feed.loading.value]);
  const all = feed.rows.value;
  const columns = runColumns(true); // On a phone the id comes last: the task and the state are what one looks for.
  const rows = text ? all.filter((run) => run.id.includes(text) || run.task_id.includes(text) || titleOf(run).toLowerCase().includes(text)) : all;
  return (
    <section class="page list">
      <h1 class="unseen">
        {t('nav.runs')}
      </h1>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          // A whole id opens its run, loaded or not.
          const id = chosen('q').toLowerCase();
          if (kUuid.test(id)) go(href(`runs/${id}`));
        }}
      >
        <Filters names={['q', 'state', 'owner', 'task']} shown={rows.length} total={feed.total.value}>
          <Search label={t('filter.search.runs')} />
          <Choice name="state" label={t('filter.state')} values={kRunStates.map((name) => [name, word('state', name)])} />
          {owners.value.length > 0 && <Choice name="owner" label={t('filter.owner')} values={owners.value.map((agent) => [agent.id, agent.name])} />}
        </Filters>
      </form>
      <Failure error={feed.error.value} />
      {rows.length === 0 ? (
        <p class="empty">{t(feed.loading.value ? 'list.loading' : all.length > 0 || state || task || owner ? 'list.nothing' : 'list.empty.runs')}</p>
      ) : (
        <Table
          label={t('nav.runs')}
          columns={narrow.value ? [...columns.slice(1), columns[0]] : columns}
          rows={rows}
          sort={sort}
          plain={many.value}
          onSort={(sort) => setQuery({sort})}
          onEnd={() => {
            if (!feed.complete) void feed.more();
          }}
        />
      )}
    </section>
  );
}
