// What this server can be asked to do: its own description of itself, fetched once per login.
import {signal} from '@preact/signals';
import {get} from '../api';

type Paths = Record<string, Record<string, unknown>>;

export const paths = signal<Paths>({});

export async function learnOffers(): Promise<void> {
  paths.value = (await get<{paths: Paths}>('/openapi.json')).paths;
}

export const offers = (method: 'get' | 'post' | 'put' | 'delete', path: string) => paths.value[path]?.[method] !== undefined;
