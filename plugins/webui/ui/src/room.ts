// Whether the page is as narrow as a phone, as the style sheets' last step has it.
import {signal} from '@preact/signals';

const phone = matchMedia('(max-width: 720px)');

export const narrow = signal(phone.matches);
phone.addEventListener('change', () => (narrow.value = phone.matches));
