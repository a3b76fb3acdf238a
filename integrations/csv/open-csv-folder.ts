import type { CopiedProperties } from '../../src/domain/crm.ts';
import type { OpenCrm } from '../../src/ports/crm.ts';
import { createCsvSink } from './csv-sink.ts';
import { createCsvSource } from './csv-source.ts';
import { inspectFolder } from './folder.ts';

/**
 * Opens a folder of CRM export files (one CSV file per object type, gzipped or not) as a CRM. Rejects with
 * KithError('bad-folder') when there is nothing in it to import. `copied`: further columns that the portal wants.
 */
export async function openCsvFolder(
  directory: string,
  now: () => number = Date.now,
  copied: (portalId: string) => CopiedProperties = () => ({}),
): Promise<OpenCrm> {
  const folder = await inspectFolder(directory);
  return { source: createCsvSource(folder, copied), sink: createCsvSink(folder, now) };
}
