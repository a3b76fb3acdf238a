import { z } from 'zod';
import type { ChatInstallation, EndedInstallation } from '../domain/chat-installation.ts';
import type { IdentityKey } from './identity-keys.ts';
import { type SealedFile, sealedFile } from './sealed-file.ts';

/** The one Slack workspace that a data folder serves, when Kith was added to it by OAuth. */
export type InstallationFile = SealedFile<ChatInstallation | EndedInstallation>;

const team = { teamId: z.string().regex(/^\w+$/), teamName: z.string() };
const installationSchema = z.union([
  z.strictObject({
    ...team,
    botToken: z.string().min(1),
    scopes: z.array(z.string()),
    installedAt: z.number(),
    installedBy: z.string(),
  }),
  z.strictObject({ ...team, botToken: z.null(), removedAt: z.number() }),
]);

export function installationFile(dataDir: string, keys: () => Promise<readonly IdentityKey[]>): InstallationFile {
  return sealedFile<ChatInstallation | EndedInstallation>({
    dataDir,
    keys,
    file: 'slack-connection.json',
    lockFile: 'slack-connection.lock',
    place: 'slack tokens',
    owner: { label: 'team', of: ({ teamId }) => teamId },
    schema: installationSchema,
    called: { en: 'installation in Slack', zh: 'Slack 安装' },
    remedy: { en: "run 'kith connect slack' again", zh: "重新运行 'kith connect slack'" },
    damaged: 'chat-not-connected',
  });
}
