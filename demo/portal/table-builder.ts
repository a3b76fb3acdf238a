import { type CrmObjectType, compareIds, type LinkTable, type RecordTable } from './portal-data.ts';

/** Rows in any order in, a `RecordTable` in ascending order of ids out. */
export class TableBuilder {
  readonly ids: string[] = [];
  readonly #names: readonly string[];
  readonly #columns: (string | null)[][];
  readonly #interned: (Map<string, string> | null)[];
  #known: Set<string> | null = null;

  constructor(names: readonly string[]) {
    this.#names = names;
    this.#columns = names.map(() => []);
    this.#interned = names.map(() => new Map());
  }

  get size(): number {
    return this.ids.length;
  }

  /** As long as ids ascend, no id can have come before; the set is made when one does not. */
  has(id: string): boolean {
    if (this.#known === null) {
      const last = this.ids.at(-1);
      if (last === undefined || compareIds(last, id) < 0) return false;
      this.#known = new Set(this.ids);
    }
    return this.#known.has(id);
  }

  /** `values` in the order of the names; '' becomes null. */
  add(id: string, values: readonly (string | null)[]): void {
    this.ids.push(id);
    this.#known?.add(id);
    for (let c = 0; c < this.#columns.length; c++) {
      const value = values[c] ?? null;
      this.#columns[c]!.push(value === null || value === '' ? null : this.#intern(c, value));
    }
  }

  /** Names, prices and quantities repeat: one text for all their rows. A column of ever new texts is left alone. */
  #intern(column: number, value: string): string {
    const texts = this.#interned[column]!;
    const known = texts?.get(value);
    if (texts === null || known !== undefined) return known ?? value;
    if (texts.size < 20_000) texts.set(value, value);
    else this.#interned[column] = null;
    return value;
  }

  /** The instants are worked out from the columns of the sorted table. */
  build(
    instants: (row: number, columns: ReadonlyMap<string, readonly (string | null)[]>) => readonly [number, number],
  ): RecordTable {
    const order = Int32Array.from(this.ids, (_, i) => i);
    const isSorted = this.ids.every((id, i) => i === 0 || compareIds(this.ids[i - 1]!, id) < 0);
    if (!isSorted) order.sort((a, b) => compareIds(this.ids[a]!, this.ids[b]!));
    const ids = isSorted ? this.ids : Array.from(order, (i) => this.ids[i]!);
    const columns = new Map<string, readonly (string | null)[]>();
    this.#names.forEach((name, c) => {
      const values = this.#columns[c]!;
      columns.set(name, isSorted ? values : Array.from(order, (i) => values[i]!));
    });
    const createdAt = new Float64Array(ids.length);
    const updatedAt = new Float64Array(ids.length);
    for (let row = 0; row < ids.length; row++) {
      const [created, updated] = instants(row, columns);
      createdAt[row] = created;
      updatedAt[row] = updated;
    }
    return { ids, createdAt, updatedAt, columns };
  }
}

/** Links from rows to rows, given row by row in ascending order of the from row. */
export function linkTable(
  fromType: CrmObjectType,
  toType: CrmObjectType,
  fromCount: number,
  linksOf: (row: number) => readonly { readonly row: number; readonly isPrimary: boolean }[],
): LinkTable {
  const offsets = new Int32Array(fromCount + 1);
  const targets: number[] = [];
  const primary: number[] = [];
  for (let row = 0; row < fromCount; row++) {
    for (const link of linksOf(row)) {
      targets.push(link.row);
      primary.push(link.isPrimary ? 1 : 0);
    }
    offsets[row + 1] = targets.length;
  }
  return { fromType, toType, offsets, targets: Int32Array.from(targets), primary: Uint8Array.from(primary) };
}

/** The same links seen from the other end. */
export function reversed(links: LinkTable, toCount: number): LinkTable {
  const offsets = new Int32Array(toCount + 1);
  for (const target of links.targets) offsets[target + 1]! += 1;
  for (let row = 0; row < toCount; row++) offsets[row + 1]! += offsets[row]!;
  const next = offsets.slice(0, toCount);
  const targets = new Int32Array(links.targets.length);
  const primary = new Uint8Array(links.targets.length);
  for (let row = 0; row + 1 < links.offsets.length; row++) {
    for (let k = links.offsets[row]!; k < links.offsets[row + 1]!; k++) {
      const place = next[links.targets[k]!]!++;
      targets[place] = row;
      primary[place] = links.primary[k]!;
    }
  }
  return { fromType: links.toType, toType: links.fromType, offsets, targets, primary };
}
