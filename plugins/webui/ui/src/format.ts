// Times, durations and ids as a person reads them.
import {signal} from '@preact/signals';
import {language, t} from './i18n';

// Moves every second, so that "2 min ago" stays true.
export const now = signal(Date.now());
setInterval(() => {
  if (!document.hidden) now.value = Date.now();
}, 1000);

const kUnits: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
];

export function relative(at: string | null, from = now.value): string {
  if (!at) return '–';
  const seconds = (Date.parse(at) - from) / 1000;
  const [unit, size] = kUnits.find(([, size]) => Math.abs(seconds) >= size) ?? kUnits[3];
  if (unit === 'day' && Math.abs(seconds) > 30 * 86_400) return new Date(at).toLocaleDateString(language.value);
  return new Intl.RelativeTimeFormat(language.value, {style: 'short', numeric: 'always'}).format(Math.trunc(seconds / size), unit);
}

export function absolute(at: string | null): string {
  return at ? new Date(at).toLocaleString(language.value, {dateStyle: 'medium', timeStyle: 'medium'}) : t('time.never');
}

export function clock(at: string): string {
  const date = new Date(at);
  return `${date.toLocaleTimeString('en-GB')}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

const kShort = {
  en: {ms: 'ms', s: 's', min: 'min', h: 'h', d: 'd'},
  ro: {ms: 'ms', s: 's', min: 'min', h: 'h', d: 'z'},
  ru: {ms: 'мс', s: 'с', min: 'мин', h: 'ч', d: 'д'},
};

export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return '–';
  const {ms, s, min, h, d} = kShort[language.value];
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)} ${ms}`;
  if (seconds < 10) return `${seconds.toLocaleString(language.value, {minimumFractionDigits: 1, maximumFractionDigits: 1})} ${s}`;
  if (seconds < 60) return `${Math.round(seconds)} ${s}`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} ${min} ${whole % 60} ${s}`;
  if (whole < 86_400) return `${Math.floor(whole / 3600)} ${h} ${Math.floor((whole % 3600) / 60)} ${min}`;
  return `${Math.floor(whole / 86_400)} ${d} ${Math.floor((whole % 86_400) / 3600)} ${h}`;
}

export function between(from: string | null, to: string | null): number | null {
  return from && to ? (Date.parse(to) - Date.parse(from)) / 1000 : null;
}

export function percent(share: number | null | undefined): string {
  if (share === null || share === undefined) return '–';
  return share.toLocaleString(language.value, {style: 'percent', maximumFractionDigits: share > 0 && share < 0.1 ? 1 : 0});
}

export const count = (n: number) => n.toLocaleString(language.value);

// Ids made in the same millisecond share their beginning; the end tells them apart.
export const shortId = (id: string) => id.slice(-8);
