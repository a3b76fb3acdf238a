import type { Digest } from './digest.ts';
import { marketing } from './marketing.ts';
import { sales } from './sales.ts';

/** Every department's digest. */
export const digests: readonly Digest[] = [marketing, sales];
