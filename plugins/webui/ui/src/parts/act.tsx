// A button that asks the server for something, says when it is refused, and cannot be pressed twice.
import {signal, useSignal} from '@preact/signals';
import {useEffect, useRef} from 'preact/hooks';
import type {ComponentChildren} from 'preact';
import {changedHere} from '../live';

// The latest refusal, shown by the page below its controls.
export const refusal = signal<unknown>(null);

interface Props {
  label: string;
  name?: string; // What a screen reader says, where the label alone is not enough.
  primary?: boolean;
  danger?: boolean;
  quiet?: boolean;
  confirm?: {question: string; yes: string; no: string};
  action(): Promise<unknown>;
}

export function Act({label, name, primary, danger, quiet, confirm, action}: Props) {
  const busy = useSignal(false);
  const asking = useSignal(false);
  const run = async () => {
    asking.value = false;
    busy.value = true;
    refusal.value = null;
    try {
      await action();
    } catch (error) {
      refusal.value = error;
    } finally {
      busy.value = false;
      changedHere();
    }
  };
  return (
    <>
      <button class={primary ? 'primary' : danger ? 'danger' : quiet ? 'quiet tiny' : ''} aria-label={name} disabled={busy.value} onClick={() => (confirm ? (asking.value = true) : void run())}>
        {label}
      </button>
      {asking.value && confirm && (
        <Dialog label={label} onClose={() => (asking.value = false)}>
          <p>{confirm.question}</p>
          <div class="controls">
            <button class="danger" onClick={run}>
              {confirm.yes}
            </button>
            <button onClick={() => (asking.value = false)}>{confirm.no}</button>
          </div>
        </Dialog>
      )}
    </>
  );
}

export function Dialog({label, onClose, children}: {label: string; onClose(): void; children: ComponentChildren}) {
  const box = useRef<HTMLDialogElement>(null);
  useEffect(() => box.current?.showModal(), []);
  return (
    <dialog ref={box} aria-label={label} onClose={onClose}>
      {children}
    </dialog>
  );
}
