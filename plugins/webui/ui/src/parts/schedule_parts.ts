// The schedules that can be put together from a few fields, and the way back: which fields an expression stands for.
export type Unit = 'minute' | 'hour' | 'day' | 'week' | 'month';

export interface Parts {
  unit: Unit;
  interval: number;
  days: string[];
  date: number;
  time: string; // 09:00
  count: string; // '' for ever
}

export const kDays = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];
export const kFirstParts: Parts = {unit: 'day', interval: 1, days: ['MO'], date: 1, time: '09:00', count: ''};

const kFrequencies: Record<Unit, string> = {minute: 'MINUTELY', hour: 'HOURLY', day: 'DAILY', week: 'WEEKLY', month: 'MONTHLY'};

export function cronOf({unit, interval, days, date, time}: Parts): string {
  const [hour, minute] = time.split(':').map(Number);
  const step = interval > 1 ? `*/${interval}` : '*';
  switch (unit) {
    case 'minute':
      return `${step} * * * *`;
    case 'hour':
      return `${minute} ${step} * * *`;
    case 'day':
      return `${minute} ${hour} ${step} * *`;
    case 'week':
      return `${minute} ${hour} * * ${days.length > 0 ? days.map((day) => kDays.indexOf(day) + 1).join(',') : 1}`;
    case 'month':
      return `${minute} ${hour} ${date} ${step} *`;
  }
}

export function rruleOf({unit, interval, days, date, time, count}: Parts): string {
  const [hour, minute] = time.split(':').map(Number);
  return [
    `FREQ=${kFrequencies[unit]}`,
    interval > 1 && `INTERVAL=${interval}`,
    unit === 'week' && days.length > 0 && `BYDAY=${days.join(',')}`,
    unit === 'month' && `BYMONTHDAY=${date}`,
    unit !== 'minute' && unit !== 'hour' && `BYHOUR=${hour}`,
    unit !== 'minute' && `BYMINUTE=${minute}`,
    Number(count) > 0 && `COUNT=${Number(count)}`,
  ]
    .filter(Boolean)
    .join(';');
}

const clock = (hour: number, minute: number) => `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
const hourOf = (time: string) => Number(time.split(':')[0]);
const stepOf = (field: string) => Number(/^\*(?:\/(\d+))?$/.exec(field)?.slice(1).map((digits) => digits ?? '1')[0] ?? 0);

function readCron(expression: string, last: Parts): Parts | null {
  const fields = expression.trim().split(/\s+/);
  if (fields.length !== 5) return null;
  const [minute, hour, date, month, weekday] = fields;
  const at = (place: Unit, interval: number, changes: Partial<Parts>) => ({...last, unit: place, interval, ...changes});
  if (stepOf(minute) > 0) return at('minute', stepOf(minute), {});
  if (stepOf(hour) > 0) return at('hour', stepOf(hour), {time: clock(hourOf(last.time), Number(minute))});
  const time = clock(Number(hour), Number(minute));
  if (weekday !== '*') return at('week', 1, {time, days: weekday.split(',').map((day) => kDays[Number(day) - 1] ?? '')});
  if (stepOf(date) > 0) return at('day', stepOf(date), {time});
  return at('month', stepOf(month), {time, date: Number(date)});
}

function readRrule(expression: string, last: Parts): Parts | null {
  const given = new Map(expression.split(';').map((part) => part.split('=') as [string, string]));
  const unit = (Object.keys(kFrequencies) as Unit[]).find((name) => kFrequencies[name] === given.get('FREQ'));
  if (!unit) return null;
  const number = (name: string, otherwise: number) => Number(given.get(name) ?? otherwise);
  return {
    ...last,
    unit,
    interval: number('INTERVAL', 1),
    days: unit === 'week' ? (given.get('BYDAY')?.split(',') ?? []) : last.days,
    date: number('BYMONTHDAY', last.date),
    time: clock(number('BYHOUR', hourOf(last.time)), number('BYMINUTE', 0)),
    count: given.get('COUNT') ?? '',
  };
}

// null: the fields cannot say it. `last` gives what the expression leaves open.
export function partsOf(kind: 'cron' | 'rrule', expression: string, last: Parts): Parts | null {
  const order = (rule: string) => rule.split(';').sort().join(';');
  if (kind === 'cron') {
    const parts = readCron(expression, last);
    return parts && cronOf(parts) === expression.trim().replace(/\s+/g, ' ') ? parts : null;
  }
  const rule = expression.trim().replace(/^RRULE:/, '');
  const parts = readRrule(rule, last);
  return parts && order(rruleOf(parts)) === order(rule) ? parts : null;
}
