import {
  ASSOCIATION_TYPES,
  type Association,
  type CrmRecords,
  type ObjectType,
  type RejectedRecord,
} from '../domain/crm.ts';
import type { CrmPage } from '../ports/crm.ts';
import type { PortalStore } from '../store/portal-store.ts';

/** Pages of one type gathered into one insert. When an id comes twice, the later record and its associations count. */
export interface SyncBuffer {
  readonly rows: number;
  /** Of them, those that could not be read. */
  readonly rejected: number;
  readonly ids: readonly string[];
  /** The checkpoint after the last page added; undefined before the first. */
  readonly next: string | null | undefined;
  add(page: CrmPage<ObjectType>): void;
  store(portal: PortalStore): Promise<void>;
}

export function createSyncBuffer<T extends ObjectType>(type: T): SyncBuffer {
  const records = new Map<string, CrmRecords[ObjectType]>();
  let links: Association[] = [];
  const rejected: RejectedRecord[] = [];
  let next: string | null | undefined;
  return {
    get rows() {
      return records.size + rejected.length;
    },
    get rejected() {
      return rejected.length;
    },
    get ids() {
      return [...records.keys()];
    },
    get next() {
      return next;
    },
    add(page) {
      const again = new Set<string>();
      for (const record of page.records) {
        if (records.has(record.id)) again.add(record.id);
        records.set(record.id, record);
      }
      if (again.size > 0) links = links.filter(({ fromId }) => !again.has(fromId));
      for (const link of page.associations) if (records.has(link.fromId)) links.push(link);
      for (const one of page.rejected) rejected.push(one);
      next = page.next;
    },
    async store(portal) {
      if (records.size > 0) {
        const ids = [...records.keys()];
        const pairs = ASSOCIATION_TYPES.filter(([fromType]) => fromType === type);
        // Beside one another: each is right without the others, and all of them are stored before whoever asked goes on.
        await allDone([
          // Only pages of `type` are added.
          portal.crm.upsert(type, [...records.values()] as CrmRecords[T][], { origin: 'list' }),
          ...pairs.map(([fromType, toType]) =>
            portal.crm.replaceAssociations(fromType, toType, ids, linksTo(links, toType)),
          ),
        ]);
      }
      if (rejected.length > 0) {
        await portal.crm.reject(rejected);
      }
    },
  };
}

function linksTo(links: readonly Association[], toType: ObjectType): readonly Association[] {
  return links.filter((link) => link.toType === toType);
}

/** Waits for all of them, and then throws what the first that failed threw. */
async function allDone(tasks: readonly Promise<void>[]): Promise<void> {
  await Promise.allSettled(tasks);
  await Promise.all(tasks);
}
