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
  const links = new Map<string, Association[]>();
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
      for (const record of page.records) {
        records.set(record.id, record);
        links.set(record.id, []);
      }
      for (const link of page.associations) {
        links.get(link.fromId)?.push(link);
      }
      rejected.push(...page.rejected);
      next = page.next;
    },
    async store(portal) {
      if (records.size > 0) {
        // Only pages of `type` are added.
        await portal.crm.upsert(type, [...records.values()] as CrmRecords[T][], { origin: 'list' });
        const ids = [...records.keys()];
        const all = [...links.values()].flat();
        for (const [fromType, toType] of ASSOCIATION_TYPES) {
          if (fromType === type) {
            const towards = all.filter((link) => link.toType === toType);
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
