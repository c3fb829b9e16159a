// What a schedule means: its sentence, its next ten times, what may surprise. Asked of the server while one types.
import {useSignal} from '@preact/signals';
import {useEffect} from 'preact/hooks';
import {ApiError, post, type Problem} from '../api';
import {NotJson, scheduleOf, type Draft} from '../data/draft';
import type {Preview, Task} from '../data/types';
import {relative} from '../format';
import {language, t} from '../i18n';

const kTypingMs = 250;

function wall(text: string): string {
  const [, date, time, offset] = /^(\S+?)T([\d:]+)(?:\.\d+)?(.*)$/.exec(text) ?? [];
  const day = new Date(`${date}T00:00:00Z`).toLocaleDateString(language.value, {weekday: 'short', day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC'});
  return `${day}, ${time.replace(/:00$/, '')} ${offset}`;
}

const utc = (text: string) => text.slice(0, 16).replace('T', ' ');

function problemsOf(error: unknown): Problem[] {
  if (error instanceof NotJson) return [{pointer: error.pointer, message: t('edit.notjson', {reason: error.message})}];
  if (!(error instanceof ApiError)) return [];
  return error.problems.length > 0 ? error.problems : [{pointer: '/schedule_expr', message: error.message}];
}

// `before`: the task as it is, when one is being changed.
export function Occurrences({draft, before, onProblems}: {draft: Draft; before: Task | null; onProblems(problems: Problem[]): void}) {
  const preview = useSignal<Preview | null>(null);
  const {schedule_kind, schedule_expr, timezone, dst_gap, dst_fold, condition} = draft;
  useEffect(() => {
    const stopped = new AbortController();
    const ask = async () => {
      if (!schedule_expr.trim()) {
        preview.value = null;
        return onProblems([]);
      }
      try {
        preview.value = await post<Preview>('/schedules/preview', {...scheduleOf(draft, before), count: 10}, stopped.signal);
        onProblems([]);
      } catch (error) {
        if (stopped.signal.aborted) return;
        preview.value = null;
        onProblems(problemsOf(error));
      }
    };
    const timer = setTimeout(ask, kTypingMs);
    return () => {
      clearTimeout(timer);
      stopped.abort();
    };
  }, [schedule_kind, schedule_expr, timezone, dst_gap, dst_fold, schedule_kind === 'condition' ? condition : null]);
  const now = preview.value;
  return (
    <div class="occurrences" aria-live="polite">
      <h3>{t('edit.preview')}</h3>
      {!now && <p class="muted">{t('edit.typing')}</p>}
      {now && (
        <>
          <p class="sentence">{now.description[language.value]}</p>
          {now.warning_texts.map((warning) => (
            <p key={warning.en} class="notice warn small">
              {warning[language.value]}
            </p>
          ))}
          {now.occurrences.length === 0 ? schedule_kind !== 'event' && schedule_kind !== 'condition' && <p class="muted">{t('edit.nofire')}</p> : <Times times={now.occurrences} />}
        </>
      )}
    </div>
  );
}

function Times({times}: {times: Preview['occurrences']}) {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{t('edit.local')}</th>
          <th scope="col">{t('edit.utc')}</th>
          <th scope="col" />
        </tr>
      </thead>
      <tbody>
        {times.map((time) => (
          <tr key={time.utc + time.local}>
            <td>{wall(time.local)}</td>
            <td class="mono">{utc(time.utc)}</td>
            <td class="muted">{relative(time.utc)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
