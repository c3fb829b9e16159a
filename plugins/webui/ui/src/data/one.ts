// One thing of the server, kept true while it is on the page.
import {useSignal} from '@preact/signals';
import {useEffect} from 'preact/hooks';
import {watch, type Change} from '../live';

export interface One<T> {
  value: T | null;
  error: unknown;
}

// `matters` says whether a change is worth a look; it is asked with the latest value. `again`: look anyway after so many
// milliseconds; null: no need to.
export function useOne<T>(load: (signal: AbortSignal) => Promise<T>, matters: (change: Change, value: T | null) => boolean, keys: unknown[], again: (value: T) => number | null = () => null): One<T> {
  const state = useSignal<One<T>>({value: null, error: null});
  useEffect(() => {
    const stopped = new AbortController();
    let busy = false;
    let waiting = false;
    let timer = 0;
    const look = async () => {
      if (busy) {
        waiting = true;
        return;
      }
      busy = true;
      do {
        waiting = false;
        try {
          state.value = {value: await load(stopped.signal), error: null};
        } catch (error) {
          if (!stopped.signal.aborted) state.value = {value: state.value.value, error};
        }
      } while (waiting && !stopped.signal.aborted);
      busy = false;
      clearTimeout(timer);
      const wait = state.value.value !== null ? again(state.value.value) : null;
      if (wait !== null && !stopped.signal.aborted) timer = window.setTimeout(look, wait);
    };
    state.value = {value: null, error: null};
    void look();
    const leave = watch((change) => {
      if (matters(change, state.value.value)) void look();
    });
    return () => {
      leave();
      clearTimeout(timer);
      stopped.abort();
    };
  }, keys);
  return state.value;
}

export const touches = (ids: ReadonlySet<string> | 'all', id: string) => ids === 'all' || ids.has(id);
