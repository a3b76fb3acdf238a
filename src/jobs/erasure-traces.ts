import { z } from 'zod';
import type { PortalStore } from '../store/portal-store.ts';

/** One analysis of one run, whose fit saw somebody. */
export interface ModelThatSaw {
  readonly run: string;
  /** Data as of. */
  readonly asOf: string;
  readonly analyses: readonly string[];
}

/** Runs over contacts in which one of them was scored. */
export async function modelsThatSaw(
  portal: PortalStore,
  customerIds: readonly string[],
): Promise<readonly ModelThatSaw[]> {
  const rows = await portal.query<{ run: string; as_of_ms: string; names: string[] }>(
    `SELECT s.run_id AS run, any(toUnixTimestamp64Milli(r.as_of)) AS as_of_ms, arraySort(groupUniqArray(s.analysis)) AS names
     FROM {db:Identifier}.scores AS s
     INNER JOIN (SELECT id, as_of FROM {db:Identifier}.runs FINAL WHERE JSONExtractString(portfolio, 'unit') = 'contact') AS r
       ON r.id = s.run_id
     WHERE s.customer_id IN {ids:Array(String)} GROUP BY run ORDER BY run`,
    { ids: customerIds },
  );
  return rows.map(({ run, as_of_ms, names }) => ({
    run,
    asOf: new Date(Number(as_of_ms)).toISOString(),
    analyses: names,
  }));
}

const directorySchema = z.object({ directory: z.string() });

/** Where Kith wrote files that it cannot reach into any more. */
export async function exportsSince(
  portal: PortalStore,
): Promise<{ readonly folders: readonly string[]; readonly backups: readonly string[] }> {
  const rows = await portal.query<{ act: string; details: string }>(
    `SELECT DISTINCT act, details FROM {db:Identifier}.audit WHERE act IN ('exported', 'backed-up') ORDER BY act, details`,
  );
  const of = (wanted: string): string[] => [
    ...new Set(
      rows.flatMap(({ act, details }) => {
        const parsed = directorySchema.safeParse(JSON.parse(details));
        return act === wanted && parsed.success ? [parsed.data.directory] : [];
      }),
    ),
  ];
  return { folders: of('exported'), backups: of('backed-up') };
}

/** How many entries of the audit name them. */
export async function auditMentions(
  portal: PortalStore,
  customerIds: readonly string[],
  isNamedIn: (text: string) => boolean,
): Promise<number> {
  const ids = new Set(customerIds);
  const rows = await portal.query<{ details: string }>(
    `SELECT details FROM {db:Identifier}.audit WHERE act IN ('clicked', 'changed-settings')`,
  );
  return rows.filter(({ details }) => isNamedIn(details) || holdsId(details, ids)).length;
}

/** Fields in which versions before wrote a customer's id. */
function holdsId(details: string, ids: ReadonlySet<string>): boolean {
  const parsed = z
    .object({ customerId: z.string().optional(), value: z.string().optional() })
    .safeParse(JSON.parse(details));
  if (!parsed.success) return false;
  const { customerId = '', value = '' } = parsed.data;
  return ids.has(customerId) || value.split(/[^\p{L}\p{N}_-]+/u).some((part) => ids.has(part));
}
