// A table of any length: only the rows in sight are in the document. Every column sorts; arrow keys walk the rows.
import type {ComponentChildren} from 'preact';
import {useEffect, useLayoutEffect, useMemo, useRef, useState} from 'preact/hooks';
import {t} from '../i18n';

export interface Column<Row> {
  id: string;
  label: string;
  value(row: Row): string | number | null; // What it sorts by; null comes last.
  cell(row: Row): ComponentChildren;
}

interface Props<Row> {
  label: string;
  columns: Column<Row>[];
  rows: Row[];
  sort: string; // A column's id, with '-' in front for descending.
  plain?: boolean; // Texts by their letters' codes, as the server sorts them; else as a person would.
  onSort(sort: string): void;
  onEnd?(): void; // The last row came in sight.
}

const kRowHeight = 34; // As in table.css.
const kSpare = 8;

export function sorted<Row>(rows: Row[], columns: Column<Row>[], sort: string, plain: boolean): Row[] {
  const column = columns.find(({id}) => id === sort.replace(/^-/, ''));
  if (!column) return rows;
  const turn = sort.startsWith('-') ? -1 : 1;
  const keyed = rows.map((row, index) => ({row, index, key: column.value(row)}));
  keyed.sort((a, b) => {
    if (a.key === b.key) return a.index - b.index;
    if (a.key === null) return 1;
    if (b.key === null) return -1;
    const order = typeof a.key === 'string' && typeof b.key === 'string' ? (plain ? (a.key < b.key ? -1 : 1) : a.key.localeCompare(b.key, undefined, {numeric: true})) : Number(a.key) - Number(b.key);
    return order * turn;
  });
  return keyed.map(({row}) => row);
}

function useWindow(rows: number) {
  const box = useRef<HTMLDivElement>(null);
  const [scroll, setScroll] = useState({top: 0, height: 800});
  useLayoutEffect(() => {
    const element = box.current!;
    const look = () => setScroll({top: element.scrollTop, height: element.clientHeight});
    const sizes = new ResizeObserver(look);
    sizes.observe(element);
    element.addEventListener('scroll', look, {passive: true});
    return () => {
      sizes.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, []);
  const first = Math.max(0, Math.min(rows, Math.floor(scroll.top / kRowHeight) - kSpare));
  const last = Math.min(rows, Math.ceil((scroll.top + scroll.height) / kRowHeight) + kSpare);
  return {box, first, last};
}

export function Table<Row extends {id: string}>({label, columns, rows, sort, plain = false, onSort, onEnd}: Props<Row>) {
  const ordered = useMemo(() => sorted(rows, columns, sort, plain), [rows, columns, sort, plain]);
  const {box, first, last} = useWindow(ordered.length);
  const atEnd = last === ordered.length && ordered.length > 0;
  useEffect(() => {
    if (atEnd) onEnd?.();
  }, [atEnd, ordered.length]);
  return (
    <div class="table-box" ref={box} tabIndex={0} role="region" aria-label={label} onKeyDown={walk}>
      <table aria-rowcount={ordered.length + 1}>
        <thead>
          <tr aria-rowindex={1}>
            {columns.map((column) => (
              <Heading key={column.id} column={column} sort={sort} onSort={onSort} />
            ))}
          </tr>
        </thead>
        <tbody>
          <Gap rows={first} columns={columns.length} />
          {ordered.slice(first, last).map((row, index) => (
            <tr key={row.id} data-id={row.id} aria-rowindex={first + index + 2}>
              {columns.map((column) => (
                <td key={column.id} class={`col-${column.id}`}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
          <Gap rows={ordered.length - last} columns={columns.length} />
        </tbody>
      </table>
    </div>
  );
}

function Heading<Row>({column, sort, onSort}: {column: Column<Row>; sort: string; onSort(sort: string): void}) {
  const active = sort.replace(/^-/, '') === column.id;
  const down = sort.startsWith('-');
  return (
    <th scope="col" class={`col-${column.id}`} aria-sort={active ? (down ? 'descending' : 'ascending') : undefined}>
      <button onClick={() => onSort(active && !down ? `-${column.id}` : column.id)}>
        {column.label}
        <span aria-hidden="true">{active ? (down ? ' ↓' : ' ↑') : ''}</span>
        {active && <span class="unseen">, {t(down ? 'sort.desc' : 'sort.asc')}</span>}
      </button>
    </th>
  );
}

function Gap({rows, columns}: {rows: number; columns: number}) {
  return rows > 0 ? (
    <tr aria-hidden="true" class="gap">
      <td colSpan={columns} style={{height: `${rows * kRowHeight}px`}} />
    </tr>
  ) : null;
}

// Up and down move between the rows' links.
function walk(event: KeyboardEvent): void {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
  const row = (event.target as HTMLElement).closest('tbody tr');
  const links = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>('tbody tr a.row-link')];
  const at = row ? links.findIndex((link) => row.contains(link)) : -1;
  const to = links[at + (event.key === 'ArrowDown' ? 1 : -1)];
  if (!to) return;
  event.preventDefault();
  to.focus();
  to.closest('tr')?.scrollIntoView({block: 'nearest'});
}
