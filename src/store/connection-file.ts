import { z } from 'zod';
import type { CrmTokens } from '../domain/crm-tokens.ts';
import type { IdentityKey } from './identity-keys.ts';
import { type SealedFile, sealedFile } from './sealed-file.ts';

/** The one CRM that a data folder is connected to by OAuth. */
export type ConnectionFile = SealedFile<CrmTokens>;

const tokensSchema = z.strictObject({
  portalId: z.string().regex(/^\d+$/),
  accessToken: z.string().min(1),
  refreshToken: z.string().min(1),
  issuedAt: z.number(),
  expiresAt: z.number(),
  scopes: z.array(z.string()),
});

export function connectionFile(dataDir: string, keys: () => Promise<readonly IdentityKey[]>): ConnectionFile {
  return sealedFile<CrmTokens>({
    dataDir,
    keys,
    file: 'hubspot-connection.json',
    lockFile: 'hubspot-connection.lock',
    place: 'hubspot tokens',
    owner: { label: 'portal', of: ({ portalId }) => portalId },
    schema: tokensSchema,
    called: { en: 'connection to HubSpot', zh: 'HubSpot 连接' },
    remedy: { en: "run 'kith connect hubspot' again", zh: "重新运行 'kith connect hubspot'" },
    damaged: 'crm-not-connected',
  });
}
