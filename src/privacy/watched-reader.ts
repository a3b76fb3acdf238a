import type { PrivacyReader } from './privacy-reader.ts';

/** Told of the customers of whom something was read for a person, and of the run that it is from; null where it is from none. */
export type CustomersRead = (customerIds: readonly string[], runId: string | null) => void;

/** The same reader, which says of whom it let something through. Figures over all customers name nobody and are not told. */
export function watchedReader(reader: PrivacyReader, read: CustomersRead): PrivacyReader {
  return {
    ...reader,
    async rows(run, analysis, query) {
      const found = await reader.rows(run, analysis, query);
      read(
        found.rows.map(({ customerId }) => customerId),
        run.id,
      );
      return found;
    },
    async find(text, limit) {
      const found = await reader.find(text, limit);
      read(
        found.map(({ customerId }) => customerId),
        null,
      );
      return found;
    },
    async customer(run, customerId) {
      const card = await reader.customer(run, customerId);
      if (card !== null) read([customerId], run.id);
      return card;
    },
    async records(run, type, ids) {
      const found = await reader.records(run, type, ids);
      if (type !== 'deals') read(idsOf(found.records), run.id);
      return found;
    },
    async sharers(what, limit) {
      const found = await reader.sharers(what, limit);
      for (const group of found.groups) read(idsOf(group), null);
      return found;
    },
  };
}

function idsOf(records: readonly { readonly id: string }[]): string[] {
  return records.map(({ id }) => id);
}
