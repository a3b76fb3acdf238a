import { basename } from 'node:path';
import type { CopiedProperties, CrmAccount } from '../../src/domain/crm.ts';
import type { CrmSource } from '../../src/ports/crm.ts';
import type { CsvFolder } from './folder.ts';
import { homeCurrency, readWonDeals, sumWonDeals } from './raw-revenue.ts';
import { readFile } from './read-file.ts';

/** A folder of export files as a CRM. Every file opened counts as one call. */
export function createCsvSource(folder: CsvFolder, copied: (portalId: string) => CopiedProperties): CrmSource {
  let opened = folder.files.size;
  let account: CrmAccount | null = null;
  const wonDeals = (signal?: AbortSignal) => {
    const { files } = folder;
    opened += Number(files.has('deals')) + Number(files.has('pipelines'));
    return readWonDeals(files.get('deals'), files.get('pipelines'), signal);
  };
  const readAccount = async () => {
    account ??= {
      portalId: portalIdOf(folder),
      name: basename(folder.directory),
      timeZone: 'UTC',
      currency: homeCurrency(await wonDeals()),
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
      return sumWonDeals(await wonDeals(options?.signal), currency);
    },
    calls: () => opened,
    close: async () => undefined,
  };
}

function portalIdOf(folder: CsvFolder): string {
  return `folder-${folder.slug}`;
}
