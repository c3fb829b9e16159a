// When a task runs: the kind, the expression, a builder that writes the expression, the zone.
import {useSignal, type Signal} from '@preact/signals';
import {useEffect} from 'preact/hooks';
import {get, type Problem} from '../api';
import type {Draft} from '../data/draft';
import {offers} from '../data/offers';
import type {ScheduleKind} from '../data/types';
import {language, t} from '../i18n';
import {ConditionFields} from './condition_fields';
import {Field} from './field';
import {cronOf, kDays, kFirstParts, partsOf, rruleOf, type Parts, type Unit} from './schedule_parts';
import {may} from '../me';

const kKinds: ScheduleKind[] = ['cron', 'rrule', 'once', 'event', 'condition'];
const kFirstExpression: Record<ScheduleKind, string> = {cron: '0 9 * * *', rrule: 'FREQ=DAILY;BYHOUR=9;BYMINUTE=0', once: '', event: '', condition: 'depth > `100`'};
const kUnits: Unit[] = ['minute', 'hour', 'day', 'week', 'month'];
const kZones = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')];

// Topics that were published to; none where that may not be asked.
async function learnTopics(): Promise<string[]> {
  if (!offers('get', '/events/topics') || !may('events:publish')) return [];
  const {topics} = await get<{topics: {topic: string}[]}>('/events/topics').catch(() => ({topics: []}));
  return topics.slice(0, 500).map(({topic}) => topic);
}

export function ScheduleEditor({draft, problems}: {draft: Signal<Draft>; problems: Problem[]}) {
  const {schedule_kind: kind, schedule_expr: expression, timezone} = draft.value;
  const set = (changes: Partial<Draft>) => (draft.value = {...draft.value, ...changes});
  // What was typed for a kind is there again when one comes back to it.
  const kept = useSignal<Partial<Record<ScheduleKind, string>>>({});
  const topics = useSignal<string[]>([]);
  useEffect(() => {
    if (kind === 'event') void learnTopics().then((found) => (topics.value = found));
  }, [kind]);
  const turnTo = (to: ScheduleKind) => {
    kept.value = {...kept.value, [kind]: expression};
    set({schedule_kind: to, schedule_expr: kept.value[to] ?? kFirstExpression[to]});
  };
  return (
    <>
      <div class="segments" role="group" aria-label={t('edit.kind')}>
        {kKinds.map((name) => (
          <button key={name} type="button" aria-pressed={name === kind} onClick={() => turnTo(name)}>
            {t(`edit.kind.${name}`)}
          </button>
        ))}
      </div>
      {(kind === 'cron' || kind === 'rrule') && <Builder key={kind} kind={kind} expression={expression} onBuild={(built) => set({schedule_expr: built})} />}
      <Field label={t(`edit.expr.${kind}`)} hint={t(`edit.hint.${kind}`)} problems={problems} at="/schedule_expr">
        {kind === 'once' ? (
          <input name="schedule_expr" type="datetime-local" step="1" required value={expression.slice(0, 19)} onInput={(event) => set({schedule_expr: event.currentTarget.value})} />
        ) : kind === 'event' ? (
          <input name="schedule_expr" class="mono" list="topics" required spellcheck={false} placeholder="orders.*" value={expression} onInput={(event) => set({schedule_expr: event.currentTarget.value})} />
        ) : (
          <textarea name="schedule_expr" class="mono" rows={kind === 'rrule' ? 2 : 1} required spellcheck={false} value={expression} onInput={(event) => set({schedule_expr: event.currentTarget.value})} />
        )}
      </Field>
      {kind === 'event' && (
        <datalist id="topics">
          {topics.value.map((topic) => (
            <option key={topic} value={topic} />
          ))}
        </datalist>
      )}
      {kind === 'condition' && <ConditionFields draft={draft} problems={problems} />}
      <Field label={t('edit.zone')} problems={problems} at="/timezone">
        <input name="timezone" list="zones" required spellcheck={false} value={timezone} onInput={(event) => set({timezone: event.currentTarget.value})} />
        <datalist id="zones">
          {kZones.map((zone) => (
            <option key={zone} value={zone} />
          ))}
        </datalist>
      </Field>
    </>
  );
}

function dayName(day: string): string {
  // 5 January 2026 was a Monday.
  return new Date(Date.UTC(2026, 0, 5 + kDays.indexOf(day))).toLocaleDateString(language.value, {weekday: 'short', timeZone: 'UTC'});
}

function Builder({kind, expression, onBuild}: {kind: 'cron' | 'rrule'; expression: string; onBuild(expression: string): void}) {
  const last = useSignal(kFirstParts);
  const said = partsOf(kind, expression, last.value);
  const shown = said ?? last.value;
  const set = (changes: Partial<Parts>) => {
    last.value = {...shown, ...changes};
    onBuild((kind === 'cron' ? cronOf : rruleOf)(last.value));
  };
  const {unit, interval, days, date, time, count} = shown;
  // Cron has no "every second week".
  const everyOther = kind === 'rrule' || unit !== 'week';
  return (
    <fieldset class="builder">
      <legend>{t('edit.builder')}</legend>
      <span>{t('edit.every')}</span>
      {everyOther && <input aria-label={t('edit.interval')} type="number" min={1} max={999} value={interval} onInput={(event) => set({interval: Math.max(1, event.currentTarget.valueAsNumber || 1)})} />}
      <select aria-label={t('edit.every')} value={unit} onChange={(event) => set({unit: event.currentTarget.value as Unit})}>
        {kUnits.map((name) => (
          <option key={name} value={name}>
            {t(`unit.${name}`)}
          </option>
        ))}
      </select>
      {unit === 'week' && (
        <span class="days">
          {kDays.map((day) => (
            <label key={day} class="inline">
              <input type="checkbox" checked={days.includes(day)} onChange={(event) => set({days: kDays.filter((other) => (other === day ? event.currentTarget.checked : days.includes(other)))})} />
              {dayName(day)}
            </label>
          ))}
        </span>
      )}
      {unit === 'month' && <input aria-label={t('edit.dayofmonth')} type="number" min={1} max={31} value={date} onInput={(event) => set({date: event.currentTarget.valueAsNumber || 1})} />}
      {unit !== 'minute' && (
        <>
          <span>{t('edit.at')}</span>
          <input aria-label={t('edit.time')} type="time" value={time} onInput={(event) => event.currentTarget.value && set({time: event.currentTarget.value})} />
        </>
      )}
      {kind === 'rrule' && (
        <label class="inline">
          {t('edit.count')}
          <input type="number" min={1} max={9999} placeholder="∞" value={count} onInput={(event) => set({count: event.currentTarget.value})} />
        </label>
      )}
      {!said && <p class="small muted beyond">{t('edit.beyond')}</p>}
    </fieldset>
  );
}
