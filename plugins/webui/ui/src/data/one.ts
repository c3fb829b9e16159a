// One thing of the server, kept true while it is on the page.
import {useSignal} from '@preact/signals';
import {useEffect} from 'preact/hooks';
import {watch, type Change} from '../live';

export interface One<T> {
  value: T | null;
  error: unknown;
}

// `matters` says whether a change is worth a look; it is asked with the latest value.
export function useOne<T>(load: (signal: AbortSignal) => Promise<T>, matters: (change: Change, value: T | null) => boolean, keys: unknown[]): One<T> {
  const state = useSignal<One<T>>({value: null, error: null});
  useEffect(() => {
    const stopped = new AbortController();
    let busy = false;
    let again = false;
    const look = async () => {
      if (busy) {
        again = true;
        return;
      }
      busy = true;
      do {
        again = false;
        try {
          state.value = {value: await load(stopped.signal), error: null};
        } catch (error) {
          if (!stopped.signal.aborted) state.value = {value: state.value.value, error};
        }
      } while (again && !stopped.signal.aborted);
      busy = false;
    };
    state.value = {value: null, error: null};
    void look();
    const leave = watch((change) => {
      if (matters(change, state.value.value)) void look();
    });
    return () => {
      leave();
      stopped.abort();
    };
  }, keys);
  return state.value;
}

export const touches = (ids: ReadonlySet<string> | 'all', id: string) => ids === 'all' || ids.has(id);
