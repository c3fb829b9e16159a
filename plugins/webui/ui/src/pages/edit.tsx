// Writing a task: a new one, or another version of one.
import {useSignal} from '@preact/signals';
import {useEffect} from 'preact/hooks';
import {ApiError, get, post, put, type Problem} from '../api';
import {bodyOf, draftOf, newDraft, NotJson, type Draft} from '../data/draft';
import type {Task} from '../data/types';
import {t, word} from '../i18n';
import {changedHere} from '../live';
import {Failure} from '../parts/failure';
import {Field} from '../parts/field';
import {Occurrences} from '../parts/occurrences';
import {PipelineForm} from '../parts/pipeline_form';
import {ScheduleEditor} from '../parts/schedule_editor';
import {go, href} from '../router';

const kChoices = {
  backoff_strategy: ['exponential_jitter', 'linear', 'fixed'],
  overlap: ['', 'skip', 'allow', 'buffer_one', 'buffer_all', 'cancel_other'],
  misfire: ['fire_last', 'fire_all', 'skip'],
  dst_gap: ['', 'shift', 'at_gap_end', 'skip'],
  dst_fold: ['', 'first', 'second', 'both'],
};

export function EditPage({id}: {id: string}) {
  const task = useSignal<Task | null>(null);
  const error = useSignal<unknown>(null);
  const load = () =>
    get<Task>(`/tasks/${id}`).then(
      (found) => (task.value = found),
      (failure) => (error.value = failure),
    );
  useEffect(() => {
    if (id) void load();
  }, [id]);
  if (!id) return <Form key="new" task={null} onReload={() => undefined} />;
  if (!task.value) return error.value ? <Failure error={error.value} /> : <p class="empty">{t('list.loading')}</p>;
  return <Form key={`${id} ${task.value.version}`} task={task.value} onReload={load} />;
}

function notJson({pointer, message}: NotJson): ApiError {
  const said = t('edit.notjson', {reason: message});
  return new ApiError(0, '', said, pointer === '/payload' ? [] : [{pointer, message: said}], null, null);
}

function Form({task, onReload}: {task: Task | null; onReload(): void}) {
  const before = task && draftOf(task);
  const draft = useSignal<Draft>(before ?? newDraft());
  const saving = useSignal(false);
  const failure = useSignal<unknown>(null);
  const scheduleProblems = useSignal<Problem[]>([]);
  const changedMeanwhile = useSignal(false);
  const refused = failure.value instanceof ApiError ? failure.value.problems : [];
  const problems = [...scheduleProblems.value, ...refused.filter(({pointer}) => !scheduleProblems.value.some((known) => known.pointer === pointer))];
  const set = (changes: Partial<Draft>) => (draft.value = {...draft.value, ...changes});
  const leave = () => go(href(task ? `tasks/${task.id}` : 'tasks'));

  const save = async (event: Event) => {
    event.preventDefault();
    saving.value = true;
    failure.value = null;
    try {
      const body = bodyOf(draft.value, before);
      if (task && !changedMeanwhile.value && (await get<Task>(`/tasks/${task.id}`)).version !== task.version) {
        changedMeanwhile.value = true;
        return;
      }
      const saved = task ? await put<Task>(`/tasks/${task.id}`, body) : await post<Task>('/tasks', body);
      changedHere();
      go(href(`tasks/${saved.id}`));
    } catch (error) {
      failure.value = error instanceof NotJson ? notJson(error) : error;
    } finally {
      saving.value = false;
    }
  };

  // Complaints that stand at their field already are not said twice.
  const known = ['/title', '/description', '/schedule_expr', '/timezone', '/concurrency_key', '/dst_gap', '/dst_fold'];
  const elsewhere = refused.length === 0 || refused.some(({pointer}) => !known.includes(pointer) && !pointer.startsWith('/payload') && !(pointer.startsWith('/condition') && draft.value.schedule_kind === 'condition'));
  return (
    <form class="page detail edit" onSubmit={save} noValidate>
      <div class="title">
        <h1>{task ? task.title : t('edit.new')}</h1>
        <div class="controls">
          <button type="button" onClick={leave}>
            {t('edit.discard')}
          </button>
          <button class="primary" disabled={saving.value}>
            {t(task ? 'edit.save' : 'edit.create')}
          </button>
        </div>
      </div>
      {changedMeanwhile.value && (
        <div class="notice warn" role="alert">
          <p>{t('edit.changed')}</p>
          <button type="button" onClick={onReload}>
            {t('edit.reload')}
          </button>
        </div>
      )}
      {elsewhere && <Failure error={failure.value} />}
      <section class="card fields">
        <Field label={t('edit.title')} problems={problems} at="/title">
          <input name="title" required maxLength={200} value={draft.value.title} onInput={(event) => set({title: event.currentTarget.value})} />
        </Field>
        <Field label={`${t('edit.description')} (${t('edit.optional')})`} problems={problems} at="/description">
          <textarea name="description" rows={1} value={draft.value.description} onInput={(event) => set({description: event.currentTarget.value})} />
        </Field>
      </section>
      <section class="card" aria-labelledby="when">
        <h2 id="when">{t('edit.when')}</h2>
        <div class="when">
          <div class="fields">
            <ScheduleEditor draft={draft} problems={problems} />
          </div>
          <Occurrences draft={draft.value} before={task} onProblems={(found) => (scheduleProblems.value = found)} />
        </div>
      </section>
      <section class="card" aria-labelledby="what">
        <h2 id="what">{t('edit.what')}</h2>
        <PipelineForm draft={draft} problems={problems} />
      </section>
      <details class="card">
        <summary>{t('edit.more')}</summary>
        <More isNew={!task} draft={draft.value} problems={problems} onChange={set} />
      </details>
    </form>
  );
}

function More({isNew, draft, problems, onChange}: {isNew: boolean; draft: Draft; problems: Problem[]; onChange(changes: Partial<Draft>): void}) {
  const number = (name: 'priority' | 'max_retries' | 'jitter_seconds', min: number, max: number) => (
    <input name={name} type="number" min={min} max={max} value={draft[name]} onInput={(event) => onChange({[name]: event.currentTarget.valueAsNumber})} />
  );
  const choice = (name: keyof typeof kChoices) => (
    <select name={name} value={draft[name]} onChange={(event) => onChange({[name]: event.currentTarget.value})}>
      {kChoices[name].filter((value) => value !== '' || isNew || name !== 'overlap').map((value) => (
        <option key={value} value={value}>
          {value ? word(name, value) : t('edit.default')}
        </option>
      ))}
    </select>
  );
  return (
    <div class="more">
      <Field label={t('edit.priority')} problems={problems} at="/priority">
        {number('priority', 1, 9)}
      </Field>
      <Field label={t('edit.retries')} problems={problems} at="/max_retries">
        {number('max_retries', 0, 10)}
      </Field>
      <Field label={t('edit.backoff')} problems={problems} at="/backoff_strategy">
        {choice('backoff_strategy')}
      </Field>
      <Field label={t('task.overlap')} problems={problems} at="/overlap">
        {choice('overlap')}
      </Field>
      <Field label={t('task.misfire')} problems={problems} at="/misfire">
        {choice('misfire')}
      </Field>
      <Field label={t('edit.jitter')} problems={problems} at="/jitter_seconds">
        {number('jitter_seconds', 0, 86_400)}
      </Field>
      <Field label={t('edit.concurrency')} problems={problems} at="/concurrency_key">
        <input name="concurrency_key" value={draft.concurrency_key} onInput={(event) => onChange({concurrency_key: event.currentTarget.value})} />
      </Field>
      <Field label={t('edit.gap')} problems={problems} at="/dst_gap">
        {choice('dst_gap')}
      </Field>
      <Field label={t('edit.fold')} problems={problems} at="/dst_fold">
        {choice('dst_fold')}
      </Field>
    </div>
  );
}
