// A task's schedule in plain words, as the server puts it; the expression stands beside it.
import {useSignal} from '@preact/signals';
import {useEffect} from 'preact/hooks';
import {post} from '../api';
import type {Preview, Task} from '../data/types';
import {language} from '../i18n';

export function ScheduleText({task}: {task: Task}) {
  const words = useSignal<Preview['description'] | null>(null);
  useEffect(() => {
    const stopped = new AbortController();
    words.value = null;
    post<Preview>('/schedules/preview', {schedule_kind: task.schedule_kind, schedule_expr: task.schedule_expr, timezone: task.timezone, dtstart: task.created_at, count: 1}, stopped.signal).then(
      (preview) => {
        words.value = preview.description;
      },
      () => undefined,
    );
    return () => stopped.abort();
  }, [task.schedule_kind, task.schedule_expr, task.timezone]);
  return (
    <>
      {words.value && <span>{words.value[language.value]} </span>}
      <code>{task.schedule_expr}</code>
    </>
  );
}
