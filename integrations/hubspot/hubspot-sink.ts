import { batches } from '../../src/lib/batches.ts';
import { messageOf } from '../../src/lib/errors.ts';
import type { CrmSink, PropertyWrite } from '../../src/ports/crm.ts';
import { checked } from './checked.ts';
import { type Governor, isRefusal } from './governor.ts';
import { BATCH_INPUTS, HISTORY_INPUTS, paths } from './paths.ts';
import { prepareProperties, propertyDrift } from './properties.ts';
import { batchSchema, historySchema, recordSchema } from './schemas.ts';
import { createTask } from './tasks.ts';

type Customers = 'companies' | 'contacts';
interface Outcome {
  readonly written: string[];
  readonly failed: { id: string; reason: string }[];
}

export function createHubspotSink(governor: Governor): CrmSink {
  return {
    prepare: (type, properties) => prepareProperties(governor, type, properties),
    drift: (type, properties) => propertyDrift(governor, type, properties),
    async authors(type, ids, properties) {
      const found = new Map<string, Readonly<Record<string, string>>>();
      for (const batch of batches(ids, HISTORY_INPUTS)) {
        await readAuthors(governor, type, batch, properties, found);
      }
      return found;
    },
    async current(type, ids, properties) {
      const found = new Map<string, Readonly<Record<string, string>>>();
      for (const batch of batches(ids, BATCH_INPUTS)) {
        await readBatch(governor, type, batch, properties, found);
      }
      return found;
    },
    async write(type, writes) {
      const outcome: Outcome = { written: [], failed: [] };
      for (const batch of batches(writes, BATCH_INPUTS)) {
        await writeBatch(governor, type, batch, outcome);
      }
      return outcome;
    },
    createTask: (task) => createTask(governor, task),
  };
}

async function readBatch(
  governor: Governor,
  type: Customers,
  ids: readonly string[],
  properties: readonly string[],
  found: Map<string, Readonly<Record<string, string>>>,
): Promise<void> {
  const path = paths.batch(type, 'read');
  const body = { inputs: ids.map((id) => ({ id })), properties, propertiesWithHistory: [] };
  const answer = checked(
    batchSchema,
    await governor.call({ method: 'POST', path, body, bucket: 'general', isIdempotent: true }),
    path,
  );
  const asked = new Set(ids);
  for (const result of answer.results) {
    const record = checked(recordSchema, result, path);
    // A merged record comes back under its new id; it is not the record that was asked for.
    if (asked.has(record.id)) {
      found.set(record.id, Object.fromEntries(properties.map((name) => [name, record.properties[name] ?? ''])));
    }
  }
}

/** Who gave each property its newest version: an integration by its id, '' for anybody and anything else. */
async function readAuthors(
  governor: Governor,
  type: Customers,
  ids: readonly string[],
  properties: readonly string[],
  found: Map<string, Readonly<Record<string, string>>>,
): Promise<void> {
  const path = paths.batch(type, 'read');
  const body = { inputs: ids.map((id) => ({ id })), properties: [], propertiesWithHistory: properties };
  const answer = checked(
    batchSchema,
    await governor.call({ method: 'POST', path, body, bucket: 'general', isIdempotent: true }),
    path,
  );
  for (const result of answer.results) {
    const { id, propertiesWithHistory } = checked(historySchema, result, path);
    const authors = Object.entries(propertiesWithHistory).map(([name, [newest]]) => {
      const isIntegration = newest?.sourceType === 'INTEGRATION' && newest.sourceId != null;
      return [name, isIntegration ? String(newest.sourceId) : ''] as const;
    });
    found.set(id, Object.fromEntries(authors));
  }
}

/**
 * The body says what became of each record. One record that breaks the account's rules can make HubSpot refuse all of a
 * batch, so a refused batch is halved until the culprit stands alone.
 */
async function writeBatch(
  governor: Governor,
  type: Customers,
  writes: readonly PropertyWrite[],
  outcome: Outcome,
): Promise<void> {
  const path = paths.batch(type, 'update');
  const body = { inputs: writes.map(({ id, properties }) => ({ id, properties })) };
  let raw: unknown;
  try {
    raw = await governor.call({ method: 'POST', path, body, bucket: 'general', isIdempotent: true });
  } catch (error) {
    if (!isRefusal(error, 400, 404, 409, 413, 422)) {
      throw error;
    }
    if (writes.length === 1) {
      outcome.failed.push({ id: writes[0]?.id ?? '', reason: messageOf(error) });
      return;
    }
    const half = Math.ceil(writes.length / 2);
    await writeBatch(governor, type, writes.slice(0, half), outcome);
    await writeBatch(governor, type, writes.slice(half), outcome);
    return;
  }
  const answer = checked(batchSchema, raw, path);
  const succeeded = new Set(
    answer.results.flatMap((result) => recordSchema.pick({ id: true }).safeParse(result).data?.id ?? []),
  );
  const reasons = new Map(
    answer.errors.flatMap((error) => error.context.ids.map((id) => [id, error.message] as const)),
  );
  const general = answer.errors.find((error) => error.context.ids.length === 0)?.message;
  for (const { id } of writes) {
    if (succeeded.has(id)) {
      outcome.written.push(id);
    } else {
      outcome.failed.push({ id, reason: reasons.get(id) ?? general ?? 'HubSpot did not say what became of it' });
    }
  }
}
