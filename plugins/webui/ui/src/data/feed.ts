// A list that stays true: loads pages until it has enough, then takes in what is new and what changed, row by row.
import {signal} from '@preact/signals';
import {ApiError} from '../api';
import type {Page} from './types';

export interface FeedSource<Row extends {id: string}> {
  page(offset: number, limit: number, signal: AbortSignal): Promise<Page<Row>>;
  // Where page() has another order: the rows that changed last, and which of them belong here although no page brought
  // them yet.
  latest?: {page(limit: number, signal: AbortSignal): Promise<Page<Row>>; admits(row: Row): boolean};
  one(id: string, signal: AbortSignal): Promise<Row>;
  // Whether the loaded row belongs to the filters still.
  keeps(row: Row): boolean;
  // Whether a row may change without being among the newest.
  unsettled(row: Row): boolean;
}

const kPage = 200;
const kNewest = 50;
const kRowsMax = 10_000;
const kFetchAtOnce = 12; // More rows than this are looked for page by page.

export class Feed<Row extends {id: string}> {
  readonly rows = signal<Row[]>([]);
  readonly total = signal(0);
  readonly loading = signal(true);
  readonly error = signal<unknown>(null);

  private byId = new Map<string, Row>();
  private paged = new Set<string>(); // Brought by page(): their number is where the next page begins.
  private stale = new Set<string>(); // Known to have changed, not how.
  private staleAll = false;
  private stopped = new AbortController();
  private busy: Promise<void> = Promise.resolve();
  private waiting = false;

  constructor(private readonly source: FeedSource<Row>, private readonly atFirst: number) {}

  start(): void {
    this.busy = this.guard(async () => {
      await this.fill(this.atFirst);
      this.loading.value = false;
    });
  }

  stop(): void {
    this.stopped.abort();
  }

  get complete(): boolean {
    return this.rows.value.length >= this.total.value || this.byId.size >= kRowsMax;
  }

  more(): Promise<void> {
    return (this.busy = this.busy.then(() => this.guard(() => this.fill(this.begun() + kPage))));
  }

  // `ids`: what changed, or 'all' when only that something may have.
  refresh(ids: ReadonlySet<string> | 'all'): void {
    if (ids === 'all') this.staleAll = true;
    else for (const id of ids) this.stale.add(id);
    if (this.waiting) return;
    this.waiting = true;
    this.busy = this.busy.then(() =>
      this.guard(async () => {
        this.waiting = false;
        const stale = this.takeStale();
        for (const id of await this.newest()) stale.delete(id);
        await this.again(stale);
      }),
    );
  }

  put(rows: Iterable<Row>): void {
    for (const row of rows) this.byId.set(row.id, row);
    this.show();
  }

  private show(): void {
    this.rows.value = [...this.byId.values()].filter((row) => this.source.keeps(row));
  }

  private async guard(work: () => Promise<void>): Promise<void> {
    if (this.stopped.signal.aborted) return;
    try {
      await work();
      this.error.value = null;
    } catch (error) {
      if (!this.stopped.signal.aborted) this.error.value = error;
      this.loading.value = false;
    } finally {
      this.waiting = false;
    }
  }

  private begun(): number {
    return this.rows.value.reduce((count, row) => count + Number(this.paged.has(row.id)), 0);
  }

  private async load(offset: number, limit: number): Promise<Page<Row>> {
    const page = await this.source.page(offset, limit, this.stopped.signal);
    for (const {id} of page.items) this.paged.add(id);
    this.total.value = page.total;
    this.put(page.items);
    return page;
  }

  private async fill(wanted: number): Promise<void> {
    for (let offset = this.begun(); offset < Math.min(wanted, kRowsMax); ) {
      const page = await this.load(offset, kPage);
      if (!page.has_more) return;
      offset += page.items.length;
    }
  }

  // Newest first until something known turns up: new rows come in, however many there are. Gives what was seen.
  private async newest(): Promise<string[]> {
    const {latest} = this.source;
    if (latest) {
      const {items} = await latest.page(kNewest, this.stopped.signal);
      this.put(items.filter((row) => this.byId.has(row.id) || latest.admits(row)));
      return items.map(({id}) => id);
    }
    const seen: string[] = [];
    for (let offset = 0; offset < this.atFirst; ) {
      const known = new Set(this.byId.keys());
      const page = await this.load(offset, offset === 0 ? kNewest : kPage);
      seen.push(...page.items.map(({id}) => id));
      if (!page.has_more || page.items.some(({id}) => known.has(id))) break;
      offset += page.items.length;
    }
    return seen;
  }

  private takeStale(): Set<string> {
    const stale = new Set([...this.stale].filter((id) => this.byId.has(id)));
    if (this.staleAll) for (const row of this.byId.values()) if (this.source.unsettled(row)) stale.add(row.id);
    this.stale = new Set();
    this.staleAll = false;
    return stale;
  }

  // A few rows are asked for one by one; many, by going through the pages again.
  private async again(stale: Set<string>): Promise<void> {
    if (stale.size > kFetchAtOnce)
      for (let offset = 0; offset < this.byId.size && stale.size > 0; ) {
        const page = await this.load(offset, kPage);
        for (const {id} of page.items) stale.delete(id);
        offset += page.items.length;
        if (!page.has_more) {
          // The whole list was seen: what was not in it is not in it any more.
          for (const id of stale) this.byId.delete(id);
          return this.show();
        }
      }
    const some = [...stale].slice(0, kFetchAtOnce);
    for (const id of [...stale].slice(kFetchAtOnce)) this.stale.add(id);
    if (some.length > 0) this.put((await Promise.all(some.map((id) => this.fetchOne(id)))).filter((row) => row !== null));
  }

  private async fetchOne(id: string): Promise<Row | null> {
    try {
      return await this.source.one(id, this.stopped.signal);
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 404)) throw error;
      this.byId.delete(id);
      return null;
    }
  }
}
