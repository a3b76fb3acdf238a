import type { CrmObjectType, LinkTable, PortalData } from '../portal/portal-data.ts';
import { reversed } from '../portal/table-builder.ts';
import { associationKind } from './association-kinds.ts';

export interface LiveLink {
  /** A row of the other object. */
  readonly row: number;
  readonly isPrimary: boolean;
}

/** The associations of a portal from both ends, with the changes made since it was loaded lying over them. */
export class LiveLinks {
  readonly #tables = new Map<string, LinkTable>();
  readonly #changed = new Map<string, Map<number, LiveLink[]>>();
  readonly #rowsOf: (type: CrmObjectType) => number;

  constructor(portal: PortalData, rowsOf: (type: CrmObjectType) => number) {
    this.#rowsOf = rowsOf;
    for (const table of portal.links) this.#tables.set(`${table.fromType}>${table.toType}`, table);
  }

  of(fromType: CrmObjectType, row: number, toType: CrmObjectType): readonly LiveLink[] {
    const pair = `${fromType}>${toType}`;
    const changed = this.#changed.get(pair)?.get(row);
    if (changed !== undefined) return changed;
    const table = this.#table(fromType, toType);
    if (table === null || row + 1 >= table.offsets.length) return [];
    const links: LiveLink[] = [];
    for (let k = table.offsets[row]!; k < table.offsets[row + 1]!; k++) {
      links.push({ row: table.targets[k]!, isPrimary: table.primary[k] === 1 });
    }
    return links;
  }

  /** Turned around from the other direction the first time somebody asks. */
  #table(fromType: CrmObjectType, toType: CrmObjectType): LinkTable | null {
    const known = this.#tables.get(`${fromType}>${toType}`);
    if (known !== undefined) return known;
    const other = this.#tables.get(`${toType}>${fromType}`);
    if (other === undefined) return null;
    const table = reversed(other, this.#rowsOf(fromType));
    this.#tables.set(`${fromType}>${toType}`, table);
    return table;
  }

  link(fromType: CrmObjectType, from: number, toType: CrmObjectType, to: number, isPrimary: boolean): void {
    const hasPrimary = isPrimary && associationKind(fromType, toType)?.primaryTypeId != null;
    // A record has one primary company, and a company may be that of many records: a new one takes the mark from the old one,
    // seen from both ends.
    if (hasPrimary) {
      const [ofType, of, companies] = fromType === 'companies' ? [toType, to, fromType] : [fromType, from, toType];
      for (const old of this.of(ofType, of, companies)) {
        if (old.isPrimary) this.#mark(ofType, of, companies, old.row, false);
      }
    }
    this.#mark(fromType, from, toType, to, hasPrimary);
  }

  unlink(fromType: CrmObjectType, from: number, toType: CrmObjectType, to: number): void {
    this.#change(fromType, from, toType, (links) => links.filter((link) => link.row !== to));
    this.#change(toType, to, fromType, (links) => links.filter((link) => link.row !== from));
  }

  #mark(fromType: CrmObjectType, from: number, toType: CrmObjectType, to: number, isPrimary: boolean): void {
    const put = (links: readonly LiveLink[], row: number): LiveLink[] =>
      [...links.filter((link) => link.row !== row), { row, isPrimary }].sort((a, b) => a.row - b.row);
    this.#change(fromType, from, toType, (links) => put(links, to));
    this.#change(toType, to, fromType, (links) => put(links, from));
  }

  #change(
    fromType: CrmObjectType,
    row: number,
    toType: CrmObjectType,
    change: (links: readonly LiveLink[]) => LiveLink[],
  ): void {
    const pair = `${fromType}>${toType}`;
    const rows = this.#changed.get(pair) ?? new Map<number, LiveLink[]>();
    rows.set(row, change(this.of(fromType, row, toType)));
    this.#changed.set(pair, rows);
  }
}
