// Who is logged in, as far as the page knows.
import {signal} from '@preact/signals';

export interface Me {
  id: string | null;
  name: string;
  admin: boolean;
  session: boolean; // false: nobody had to log in.
  scopes: string[];
  roles: string[];
}

// null: nobody.
export const me = signal<Me | null>(null);
// Set when a session ended without being asked to.
export const sessionEnded = signal(false);

// What the one who is logged in may do; a control that would be refused is not shown.
export const may = (scope: string) => me.value !== null && (me.value.admin || me.value.scopes.includes(scope));

export function endSession(): void {
  if (me.value) sessionEnded.value = true;
  me.value = null;
}
