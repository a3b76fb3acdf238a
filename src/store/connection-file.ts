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
    called: 'connection to HubSpot',
    remedy: "run 'kith connect hubspot' again",
    damaged: 'crm-not-connected',
  });
}
