// A list that stays true: loads pages until it has enough, then takes in what is new and what changed, row by row.
import {signal} from '@preact/signals';
import {ApiError} from '../api';
import type {Page} from './types';

export interface FeedSource<Row extends {id: string}> {
  page(offset: number, limit: number, signal: AbortSignal): Promise<Page<Row>>;
  one(id: string, signal: AbortSignal): Promise<Row>;
  // Whether the loaded row belongs to the filters still.
  keeps(row: Row): boolean;
  // Whether a row may change without being among the newest.
  unsettled(row: Row): boolean;
}

const kPage = 200;
const kNewest = 50;
const kRowsMax = 5000;
const kFetchAtOnce = 12;

export class Feed<Row extends {id: string}> {
  readonly rows = signal<Row[]>([]);
  readonly total = signal(0);
  readonly loading = signal(true);
  readonly error = signal<unknown>(null);

  private byId = new Map<string, Row>();
  private stopped = new AbortController();
  private busy: Promise<void> = Promise.resolve();
  private waiting = false;
  private turn = 0;

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
    return this.byId.size >= this.total.value || this.byId.size >= kRowsMax;
  }

  more(): Promise<void> {
    return (this.busy = this.busy.then(() => this.guard(() => this.fill(this.byId.size + kPage))));
  }

  // `ids`: what changed, or 'all' when only that something may have.
  refresh(ids: ReadonlySet<string> | 'all'): void {
    if (this.waiting) return;
    this.waiting = true;
    this.busy = this.busy.then(() =>
      this.guard(async () => {
        this.waiting = false;
        await this.newest();
        await this.again(ids);
      }),
    );
  }

  put(rows: Iterable<Row>): void {
    for (const row of rows) this.byId.set(row.id, row);
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

  private async fill(wanted: number): Promise<void> {
    while (this.byId.size < Math.min(wanted, kRowsMax)) {
      const page = await this.source.page(this.byId.size, kPage, this.stopped.signal);
      this.total.value = page.total;
      this.put(page.items);
      if (!page.has_more) return;
    }
  }

  // Newest first until something known turns up: new rows come in, however many there are.
  private async newest(): Promise<void> {
    for (let offset = 0; offset < this.atFirst; ) {
      const page = await this.source.page(offset, offset === 0 ? kNewest : kPage, this.stopped.signal);
      const met = page.items.some((row) => this.byId.has(row.id));
      this.total.value = page.total;
      this.put(page.items);
      this.seen = new Set(page.items.map((row) => row.id));
      if (met || !page.has_more) return;
      offset += page.items.length;
    }
  }

  private seen: ReadonlySet<string> = new Set();

  // Rows that are not among the newest are asked for one by one, a few each time, in turn.
  private async again(ids: ReadonlySet<string> | 'all'): Promise<void> {
    const rows = [...this.byId.values()].filter((row) => !this.seen.has(row.id) && (ids === 'all' ? this.source.unsettled(row) : ids.has(row.id)));
    if (rows.length === 0) return;
    const start = rows.length > kFetchAtOnce ? this.turn++ * kFetchAtOnce % rows.length : 0;
    const some = [...rows.slice(start), ...rows.slice(0, start)].slice(0, kFetchAtOnce);
    this.put((await Promise.all(some.map((row) => this.fetchOne(row)))).filter((row) => row !== null));
  }

  private async fetchOne(row: Row): Promise<Row | null> {
    try {
      return await this.source.one(row.id, this.stopped.signal);
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 404)) throw error;
      this.byId.delete(row.id);
      return null;
    }
  }
}
