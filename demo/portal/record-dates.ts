import type { CrmObjectType, LinkTable, PortalStage, RecordTable } from './portal-data.ts';

type Columns = ReadonlyMap<string, readonly (string | null)[]>;

/** When a record was made and last changed, as far as its own dates tell: a close date counts once the deal is closed. */
export function instantsOf(
  type: CrmObjectType,
  stages: readonly PortalStage[],
): (row: number, columns: Columns) => readonly [number, number] {
  const closed = new Set(
    stages
      .filter((stage) => stage.object === 'deals' && stage.isClosed)
      .map((stage) => `${stage.pipelineId}/${stage.stageId}`),
  );
  const at = (columns: Columns, name: string, row: number): number => {
    const text = columns.get(name)?.[row];
    return text == null ? Number.NaN : Date.parse(text);
  };
  const first = ['createdate', 'hs_timestamp', 'hs_submission_timestamp'];
  return (row, columns) => {
    const created = first.map((name) => at(columns, name, row)).find((instant) => !Number.isNaN(instant)) ?? 0;
    const isClosed = closed.has(`${columns.get('pipeline')?.[row]}/${columns.get('dealstage')?.[row]}`);
    const ended =
      type === 'deals' ? (isClosed ? at(columns, 'closedate', row) : Number.NaN) : at(columns, 'closed_date', row);
    return [created, Number.isNaN(ended) ? created : Math.max(created, ended)];
  };
}

/** Line items carry no dates of their own in the files: they are as old as their deal. */
export function dateLineItemsByDeal(
  objects: ReadonlyMap<CrmObjectType, RecordTable>,
  links: readonly LinkTable[],
): void {
  const items = objects.get('line_items');
  const deals = objects.get('deals');
  const table = links.find((link) => link.fromType === 'line_items' && link.toType === 'deals');
  if (items === undefined || deals === undefined || table === undefined) return;
  for (let row = 0; row < items.ids.length; row++) {
    if (table.offsets[row]! === table.offsets[row + 1]!) continue;
    const deal = table.targets[table.offsets[row]!]!;
    items.createdAt[row] = deals.createdAt[deal]!;
    items.updatedAt[row] = deals.createdAt[deal]!;
  }
}
