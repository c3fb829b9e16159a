// t('key', {name: value}) in the chosen language. English comes with the page, the others when first asked for.
import {signal} from '@preact/signals';
import {en, type Key} from './en';

export type {Key};
export type Language = 'en' | 'ro' | 'ru';
export const kLanguages: Record<Language, string> = {en: 'English', ro: 'Română', ru: 'Русский'};
const kKey = 'ordinaut.language';

type Dictionary = Record<Key, string>;
const dictionary = signal<Dictionary>(en);
export const language = signal<Language>('en');

const load: Record<Language, () => Promise<Dictionary>> = {
  en: async () => en,
  ro: async () => (await import('./ro')).ro,
  ru: async () => (await import('./ru')).ru,
};

export async function setLanguage(to: Language): Promise<void> {
  dictionary.value = await load[to]();
  language.value = to;
  document.documentElement.lang = to;
  localStorage.setItem(kKey, to);
}

export function firstLanguage(): Language {
  const known = (tag: string): tag is Language => tag in kLanguages;
  const wanted = [localStorage.getItem(kKey) ?? '', ...navigator.languages.map((tag) => tag.slice(0, 2))];
  return wanted.find(known) ?? 'en';
}

export function t(key: Key, values: Record<string, string | number> = {}): string {
  return dictionary.value[key].replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
}

// For keys put together from the server's words, e.g. state.running; an unknown word is shown as it came.
export function word(group: 'state' | 'status' | 'source' | 'error' | 'ext.state' | 'ext.enforcement' | 'overlap' | 'misfire' | 'backoff_strategy' | 'dst_gap' | 'dst_fold', name: string): string {
  const key = `${group}.${name}`;
  return key in dictionary.value ? dictionary.value[key as Key] : name;
}
