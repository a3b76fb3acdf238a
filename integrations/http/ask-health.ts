import { z } from 'zod';

const WITHIN_MS = 5000;
const healthSchema = z.object({ instance: z.string().default('') });

/** What answers at an address's /healthz, and which Kith it is; null when nothing answers. */
export async function askHealth(address: string): Promise<{ status: number; instance: string } | null> {
  try {
    const response = await fetch(`${address}/healthz`, { redirect: 'manual', signal: AbortSignal.timeout(WITHIN_MS) });
    const body: unknown = await response.json().catch(() => null);
    return { status: response.status, instance: healthSchema.safeParse(body).data?.instance ?? '' };
  } catch {
    return null;
  }
}
