// Light, dark or as the system has it.
import {signal} from '@preact/signals';

export type Theme = 'system' | 'light' | 'dark';
export const kThemes: Theme[] = ['system', 'light', 'dark'];
const kKey = 'ordinaut.theme';

export const theme = signal<Theme>((localStorage.getItem(kKey) as Theme | null) ?? 'system');
// Counts the changes of colour, the system's included: canvases are drawn anew.
export const themeTurns = signal(0);

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => ++themeTurns.value);

export function applyTheme(): void {
  document.documentElement.dataset.theme = theme.value;
  ++themeTurns.value;
}

export function setTheme(to: Theme): void {
  theme.value = to;
  localStorage.setItem(kKey, to);
  applyTheme();
}
