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
      rejected.push(...page.rejected);
      next = page.next;
    },
    async store(portal) {
      if (records.size > 0) {
        // Only pages of `type` are added.
        await portal.crm.upsert(type, [...records.values()] as CrmRecords[T][], { origin: 'list' });
        const ids = [...records.keys()];
        for (const [fromType, toType] of ASSOCIATION_TYPES) {
          if (fromType === type) {
            const towards = links.filter((link) => link.toType === toType);
            await portal.crm.replaceAssociations(fromType, toType, ids, towards);
          }
        }
      }
      if (rejected.length > 0) {
        await portal.crm.reject(rejected);
      }
    },
  };
}
