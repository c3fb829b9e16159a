// Names of the agents that own things. Only an administrator may ask; for anyone else there is one owner: themselves.
import {signal} from '@preact/signals';
import {get} from '../api';
import {shortId} from '../format';
import type {Page} from './types';

interface Agent {
  id: string;
  name: string;
}

export const owners = signal<Agent[]>([]);
let asked = false;

export function learnOwners(): void {
  if (asked) return;
  asked = true;
  get<Page<Agent>>('/agents?limit=200').then(
    (page) => {
      owners.value = page.items;
    },
    () => undefined,
  );
}

export const ownerName = (id: string) => owners.value.find((agent) => agent.id === id)?.name ?? shortId(id);
