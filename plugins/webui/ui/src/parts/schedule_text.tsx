// A task's schedule in plain words, as the server puts it; the expression stands beside it, unless the words hold it.
import {useSignal} from '@preact/signals';
import {useEffect} from 'preact/hooks';
import {post} from '../api';
import {draftOf, scheduleOf} from '../data/draft';
import type {Preview, Task} from '../data/types';
import {language} from '../i18n';

export function ScheduleText({task}: {task: Task}) {
  const words = useSignal<Preview['description'] | null>(null);
  useEffect(() => {
    const stopped = new AbortController();
    words.value = null;
    post<Preview>('/schedules/preview', {...scheduleOf(draftOf(task), task), count: 1}, stopped.signal).then(
      (preview) => {
        words.value = preview.description;
      },
      () => undefined,
    );
    return () => stopped.abort();
  }, [task.generation]);
  return (
    <>
      {words.value && <span>{words.value[language.value]} </span>}
      {(!words.value || (task.schedule_kind !== 'event' && task.schedule_kind !== 'condition')) && <code>{task.schedule_expr}</code>}
    </>
  );
}
