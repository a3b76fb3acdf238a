import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** How far a call's stamp may be from our clock, in either direction. */
const TOLERANCE_MS = 5 * 60_000;

/** What HubSpot decodes in an address before it signs it; other escapes stay as they are. */
const DECODED = /%(3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)/gi;

export interface SignedCall {
  readonly method: string;
  /** The whole address as HubSpot called it. */
  readonly uri: string;
  readonly body: Buffer;
  readonly timestamp: string | undefined;
  readonly signature: string | undefined;
}

/** HubSpot's signature version 3: base64(HMAC-SHA256(secret, method + uri + body + timestamp)), over the body's bytes. */
export function signatureV3(
  secret: string,
  call: Omit<SignedCall, 'signature' | 'timestamp'>,
  timestamp: string,
): string {
  return createHmac('sha256', secret)
    .update(call.method + call.uri.replace(DECODED, (escaped) => decodeURIComponent(escaped)))
    .update(call.body)
    .update(timestamp)
    .digest('base64');
}

/** Why a call is not to be believed; null when it is HubSpot's and fresh. */
export function signatureProblem(secret: string, call: SignedCall, now: number): string | null {
  const { timestamp, signature } = call;
  if (timestamp === undefined || signature === undefined) return 'it is not signed';
  const at = /^\d{1,16}$/.test(timestamp) ? Number(timestamp) : Number.NaN;
  // Written so that a stamp that is no number is refused as well.
  if (!(Math.abs(now - at) <= TOLERANCE_MS)) {
    return `its stamp is ${Number.isNaN(at) ? 'no number' : `${Math.round((at - now) / 1000)} s from our clock`}, more than 5 minutes away`;
  }
  return isSame(signature, signatureV3(secret, call, timestamp)) ? null : 'its signature does not fit';
}

/** Digests are compared, so that neither the length nor the place of the first difference can be timed. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
