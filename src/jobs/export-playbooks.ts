import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'csv-stringify/sync';
import type { PrivacyReader } from '../privacy/privacy-reader.ts';
import type { PlaybookDesk } from './playbook-desk.ts';

/**
 * Every customer of a running playbook as CSV, treated and held out, names as the viewer may see them; the number of rows, and
 * no file where there are none. A value that a spreadsheet would run as a formula is quoted.
 */
export async function exportPlaybooks(options: {
  reader: PrivacyReader;
  desk: Pick<PlaybookDesk, 'views' | 'drawn'>;
  directory: string;
}): Promise<number> {
  const { reader, desk, directory } = options;
  const table: Record<string, string>[] = [];
  for (const { target, analysis, running } of await desk.views()) {
    const result = running === null ? null : await reader.result(analysis);
    if (running === null || result === null) continue;
    const arms = new Map((await desk.drawn(running)).map(({ customerId, arm }) => [customerId, arm]));
    const { rows } = await reader.rows(result.run, analysis, { customerIds: [...arms.keys()], order: 'customer' });
    for (const row of rows) {
      table.push({
        playbook: running.id,
        target,
        what_to_do: running.text.en,
        customer_id: row.customerId,
        customer: row.name,
        owner: row.owner?.name ?? '',
        group: arms.get(row.customerId) ?? '',
        due: new Date(running.dueAt).toISOString(),
      });
    }
  }
  if (table.length > 0) {
    await writeFile(join(directory, 'playbooks.csv'), stringify(table, { header: true, escape_formulas: true }));
  }
  return table.length;
}
