import { type CrmObjectType, compareIds, type PortalData, type RecordTable, rowOfId } from '../portal/portal-data.ts';
import { type Catalogue, catalogueOf, createdProperty, modifiedProperty } from './property-catalogue.ts';

/** Who or what gave a property a value. */
export interface ValueSource {
  /** 'IMPORT' for what the portal came with, 'INTEGRATION' for the API, 'CRM_UI' for a person. */
  readonly type: 'IMPORT' | 'INTEGRATION' | 'CRM_UI' | 'MERGE_OBJECTS';
  readonly id: string;
}

export interface ValueVersion {
  readonly value: string;
  readonly timestamp: number;
  readonly source: ValueSource;
}

/** What changed on one record since the portal was loaded. */
interface Change {
  readonly values: Map<string, string | null>;
  /** Newest first. */
  readonly history: Map<string, ValueVersion[]>;
  createdAt: number;
  updatedAt: number;
  archivedAt: number | null;
  isPurged: boolean;
  mergedInto: string | null;
}

export type RecordState = 'live' | 'archived' | 'gone';

const EMPTY: RecordTable = {
  ids: [],
  createdAt: new Float64Array(),
  updatedAt: new Float64Array(),
  columns: new Map(),
};

/**
 * The records of one kind, served and changed. The loaded table is never touched: changes and new records lie over it, so
 * one portal can be served by several servers. Rows 0 … n − 1 are the table's; new records follow in ascending ids.
 */
export class LiveObject {
  readonly type: CrmObjectType;
  readonly catalogue: Catalogue;
  readonly #table: RecordTable;
  readonly #newIds: string[] = [];
  readonly #changes = new Map<number, Change>();
  readonly #createdName: string;
  readonly #modifiedName: string;
  readonly #derived: (property: string) => ((row: number) => string | null) | null;

  constructor(
    type: CrmObjectType,
    portal: PortalData,
    derived: (object: LiveObject, property: string) => ((row: number) => string | null) | null,
  ) {
    this.type = type;
    this.catalogue = catalogueOf(type, portal);
    this.#table = portal.objects.get(type) ?? EMPTY;
    this.#createdName = createdProperty(type);
    this.#modifiedName = modifiedProperty(type);
    this.#derived = (property) => derived(this, property);
  }

  /** Rows, the archived and purged ones included. */
  get rows(): number {
    return this.#table.ids.length + this.#newIds.length;
  }

  idAt(row: number): string {
    const loaded = this.#table.ids;
    return row < loaded.length ? loaded[row]! : this.#newIds[row - loaded.length]!;
  }

  /** The row of an id, following merges to the record that an old id resolves to; −1 when there is none. */
  rowOf(id: string): number {
    let row = this.#exactRow(id);
    for (let merged = this.#changes.get(row)?.mergedInto; merged != null; merged = this.#changes.get(row)?.mergedInto) {
      row = this.#exactRow(merged);
    }
    return row;
  }

  #exactRow(id: string): number {
    const row = rowOfId(this.#table.ids, id);
    if (row >= 0) return row;
    const later = rowOfId(this.#newIds, id);
    return later < 0 ? -1 : this.#table.ids.length + later;
  }

  /** The first row whose id is at or after `id`. */
  rowFrom(id: string): number {
    let low = 0;
    let high = this.rows;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareIds(this.idAt(middle), id) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  state(row: number): RecordState {
    const change = this.#changes.get(row);
    if (change === undefined) return 'live';
    if (change.isPurged || change.mergedInto !== null) return 'gone';
    return change.archivedAt === null ? 'live' : 'archived';
  }

  createdAt(row: number): number {
    return this.#changes.get(row)?.createdAt ?? this.#table.createdAt[row]!;
  }

  updatedAt(row: number): number {
    return this.#changes.get(row)?.updatedAt ?? this.#table.updatedAt[row]!;
  }

  archivedAt(row: number): number | null {
    return this.#changes.get(row)?.archivedAt ?? null;
  }

  /** Whether the record was made or changed since the portal was loaded. */
  isTouched(row: number): boolean {
    return this.#changes.has(row);
  }

  /** A reader of one property, resolved once for many rows; null when there is no such property. */
  reader(property: string): ((row: number) => string | null) | null {
    if (property === 'hs_object_id') return (row) => this.idAt(row);
    if (property === this.#modifiedName) return (row) => new Date(this.updatedAt(row)).toISOString();
    if (property === this.#createdName) return (row) => new Date(this.createdAt(row)).toISOString();
    if (!this.catalogue.properties.has(property)) return null;
    const stored = this.#stored(property);
    const derived = this.#derived(property);
    return derived === null ? stored : (row) => stored(row) ?? derived(row);
  }

  #stored(property: string): (row: number) => string | null {
    const column = this.#table.columns.get(property);
    const changes = this.#changes;
    return (row) => {
      if (changes.size > 0) {
        const value = changes.get(row)?.values.get(property);
        if (value !== undefined) return value;
      }
      return column?.[row] ?? null;
    };
  }

  value(row: number, property: string): string | null {
    return this.reader(property)?.(row) ?? null;
  }

  /** Every value that a property has had, newest first. */
  history(row: number, property: string): readonly ValueVersion[] {
    const written = this.#changes.get(row)?.history.get(property) ?? [];
    const loaded = this.#table.columns.get(property)?.[row] ?? null;
    if (loaded === null) return written;
    const first = {
      value: loaded,
      timestamp: this.#table.createdAt[row]!,
      source: { type: 'IMPORT', id: '' },
    } as const;
    return [...written, first];
  }

  /** Sets values ('' clears) and stamps the record, unless `at` is null: some changes leave the modified date alone. */
  set(row: number, values: Readonly<Record<string, string>>, at: number, source: ValueSource, stamps = true): void {
    const change = this.#change(row);
    for (const [property, value] of Object.entries(values)) {
      if (property === this.#createdName) {
        change.createdAt = Date.parse(value);
        continue;
      }
      change.values.set(property, value === '' ? null : value);
      const versions = change.history.get(property) ?? [];
      versions.unshift({ value, timestamp: at, source });
      change.history.set(property, versions);
    }
    if (stamps) change.updatedAt = Math.max(at, change.updatedAt);
  }

  create(values: Readonly<Record<string, string>>, at: number, source: ValueSource): number {
    const last = this.rows === 0 ? 1000 : Number(this.idAt(this.rows - 1));
    this.#newIds.push(String(last + 1));
    const row = this.rows - 1;
    this.#changes.set(row, newChange(at, at));
    this.set(row, values, at, source);
    return row;
  }

  archive(row: number, at: number): void {
    this.#change(row).archivedAt = at;
  }

  restore(row: number): void {
    this.#change(row).archivedAt = null;
  }

  /** Removes the record for good: it is in no answer from now on. */
  purge(row: number): void {
    const change = this.#change(row);
    change.isPurged = true;
    change.values.clear();
    change.history.clear();
  }

  mergeInto(row: number, id: string): void {
    this.#change(row).mergedInto = id;
  }

  #change(row: number): Change {
    const known = this.#changes.get(row);
    if (known !== undefined) return known;
    const change = newChange(this.#table.createdAt[row]!, this.#table.updatedAt[row]!);
    this.#changes.set(row, change);
    return change;
  }
}

function newChange(createdAt: number, updatedAt: number): Change {
  return {
    values: new Map(),
    history: new Map(),
    createdAt,
    updatedAt,
    archivedAt: null,
    isPurged: false,
    mergedInto: null,
  };
}
