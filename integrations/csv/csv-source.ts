import { basename } from 'node:path';
import type { CopiedProperties, CrmAccount } from '../../src/domain/crm.ts';
import type { CrmSource, RawRevenue } from '../../src/ports/crm.ts';
import { editionOf } from './edition.ts';
import type { CsvFolder } from './folder.ts';
import { homeCurrency, readWonDeals, sumWonDeals } from './raw-revenue.ts';
import { readFile } from './read-file.ts';

/** A folder of export files as a CRM. Every file opened counts as one call. */
export function createCsvSource(folder: CsvFolder, copied: (portalId: string) => CopiedProperties): CrmSource {
  let opened = folder.files.size;
  let account: CrmAccount | null = null;
  /** The revenue of the files as they were when the account was read: the same deals say what the portal's currency is. */
  let known: { readonly editions: string; readonly revenue: RawRevenue } | null = null;
  const dealsFiles = [folder.files.get('deals'), folder.files.get('pipelines')] as const;
  const wonDeals = (signal?: AbortSignal) => {
    opened += dealsFiles.filter((file) => file !== undefined).length;
    return readWonDeals(...dealsFiles, signal);
  };
  const readAccount = async () => {
    if (account !== null) return account;
    const editions = await editionsOf(dealsFiles);
    const won = await wonDeals();
    const currency = homeCurrency(won);
    known = { editions, revenue: sumWonDeals(won, currency) };
    account = {
      portalId: portalIdOf(folder),
      name: basename(folder.directory),
      timeZone: 'UTC',
      currency,
      recordUrl: '',
    };
    return account;
  };
  return {
    kind: 'csv',
    changes: null,
    account: readAccount,
    objectTypes: async () => [...folder.files.keys()],
    async *read(type, options) {
      const file = folder.files.get(type);
      if (file !== undefined) {
        opened++;
        yield* readFile(type, file, { ...options, copied: copied(portalIdOf(folder))[type] ?? [] });
      }
    },
    async rawRevenue(options) {
      const { currency } = await readAccount();
      if (known !== null && known.editions === (await editionsOf(dealsFiles))) return known.revenue;
      return sumWonDeals(await wonDeals(options?.signal), currency);
    },
    calls: () => opened,
    close: async () => undefined,
  };
}

/** Changes whenever one of the files does. Of one that is gone whoever reads it will say so. */
async function editionsOf(files: readonly (string | undefined)[]): Promise<string> {
  const editions = await Promise.all(files.map((file) => (file === undefined ? '' : editionOf(file).catch(() => ''))));
  return editions.join('/');
}

function portalIdOf(folder: CsvFolder): string {
  return `folder-${folder.slug}`;
}
