import type { PortalStore } from '../store/portal-store.ts';

const HASH_LENGTH = 32;
const MOST_PARTS = 8;

/** How the audit names a customer, or what a button was about: a keyed hash, which tells two of them apart and says neither. */
export async function auditHash({ crm }: Pick<PortalStore, 'crm'>, text: string): Promise<string> {
  return (await crm.keyedHash('audit', text)).slice(0, HASH_LENGTH);
}

/** A button's value, and each of its parts, one of which may be a customer's id: so that whoever asks what is held about them gets the click. */
export async function auditHashesOf(
  portal: Pick<PortalStore, 'crm'>,
  value: string,
): Promise<{ readonly value: string; readonly parts: string }> {
  const parts = value.split(/[\s:]+/u).filter((part) => part !== value && /^[\p{L}\p{N}_.-]+$/u.test(part));
  const hashes = await Promise.all(parts.slice(0, MOST_PARTS).map((part) => auditHash(portal, part)));
  return { value: await auditHash(portal, value), parts: hashes.join(' ') };
}
