import { z } from 'zod';
import type { PortalStore } from '../store/portal-store.ts';

const ownerSchema = z.object({ id: z.string(), email: z.string() });

/** The CRM's owners, for telling which of them a chat user is. */
export async function listOwners(portal: PortalStore): Promise<{ id: string; email: string }[]> {
  return z.array(ownerSchema).parse(await portal.query('SELECT id, email FROM {db:Identifier}.owners FINAL'));
}
