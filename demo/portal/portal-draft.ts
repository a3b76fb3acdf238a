import type {
  CrmObjectType,
  LinkTable,
  PortalAccount,
  PortalData,
  PortalOwner,
  PortalStage,
  RecordTable,
} from './portal-data.ts';
import { rowOfId } from './portal-data.ts';
import { dateLineItemsByDeal, instantsOf } from './record-dates.ts';
import { linkTable, TableBuilder } from './table-builder.ts';

export interface DraftLink {
  readonly to: CrmObjectType;
  readonly id: string;
  readonly isPrimary: boolean;
}

/** A portal in the making: record kinds are added in ascending order of ids, what others link to first. */
export class PortalDraft {
  readonly #stages: readonly PortalStage[];
  readonly #objects = new Map<CrmObjectType, RecordTable>();
  readonly #links: LinkTable[] = [];

  constructor(stages: readonly PortalStage[]) {
    this.#stages = stages;
  }

  add(
    type: CrmObjectType,
    columns: readonly string[],
    count: number,
    record: (row: number) => { id: string; values: readonly (string | null)[]; links: readonly DraftLink[] },
    linkedTypes: readonly CrmObjectType[] = [],
  ): void {
    const builder = new TableBuilder(columns);
    const links: (readonly DraftLink[])[] = [];
    for (let row = 0; row < count; row++) {
      const { id, values, links: own } = record(row);
      builder.add(id, values);
      links.push(own);
    }
    this.#objects.set(type, builder.build(instantsOf(type, this.#stages)));
    for (const to of linkedTypes) {
      const target = this.#objects.get(to)!;
      const table = linkTable(type, to, count, (row) =>
        links[row]!.filter((link) => link.to === to)
          .map((link) => ({ row: rowOfId(target.ids, link.id), isPrimary: link.isPrimary }))
          .sort((a, b) => a.row - b.row),
      );
      if (table.targets.length > 0) this.#links.push(table);
    }
  }

  portal(account: PortalAccount, owners: readonly PortalOwner[]): PortalData {
    dateLineItemsByDeal(this.#objects, this.#links);
    return { account, owners, stages: this.#stages, objects: this.#objects, links: this.#links, skipped: [] };
  }
}
