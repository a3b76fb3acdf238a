import type { Digest } from './digest.ts';
import { finance } from './finance.ts';
import { marketing } from './marketing.ts';
import { sales } from './sales.ts';
import { service } from './service.ts';

/** Every department's digest. */
export const digests: readonly Digest[] = [finance, marketing, sales, service];
