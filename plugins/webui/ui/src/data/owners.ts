// Names of the agents that own things. Only who manages agents may ask; for anyone else there is one owner: themselves.
import {effect, signal} from '@preact/signals';
import {get} from '../api';
import {shortId} from '../format';
import type {Page} from './types';
import {may, me} from '../me';

interface Agent {
  id: string;
  name: string;
}

export const owners = signal<Agent[]>([]);
let asked = '';

effect(() => {
  if (me.value) return;
  owners.value = [];
  asked = '';
});

export function learnOwners(): void {
  const who = me.value?.id ?? '';
  if (asked === who || !may('agents:admin')) return;
  asked = who;
  get<Page<Agent>>('/agents?limit=200').then(
    (page) => (owners.value = page.items),
    () => (asked = ''),
  );
}

export const ownerName = (id: string) => (id === me.value?.id ? me.value.name : (owners.value.find((agent) => agent.id === id)?.name ?? shortId(id)));
