import type { CrmOwner, PortalStore } from '../store/portal-store.ts';

/** The CRM's owners, for telling which of them a chat user is. Every request asks, so the store's own memory of them is used. */
export async function listOwners({ crm }: PortalStore): Promise<readonly Pick<CrmOwner, 'id' | 'email'>[]> {
  return crm.owners();
}
