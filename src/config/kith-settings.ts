import { z } from 'zod';
import { LOG_LEVELS } from '../lib/logger.ts';
import { LANGUAGES } from '../lib/text.ts';
import { address, type SettingGroup, text } from './setting.ts';

const shape = {
  KITH_HTTP_PORT: z.coerce.number().int().min(0).max(65535).default(3000),
  KITH_PUBLIC_URL: address.optional(),
  KITH_DATA_DIR: text.default('./data'),
  KITH_IDENTITY_KEYS: text.optional(),
  KITH_BACKUP_DIR: text.optional(),
  CLICKHOUSE_URL: address.optional(),
  KITH_ENGINE_MEMORY_MB: z.coerce.number().int().min(256).max(16_777_216).optional(),
  KITH_PORTAL: text.optional(),
  KITH_SYNC_LAG_MINUTES: z.coerce.number().int().min(0).max(1440).default(60),
  KITH_HORIZON_DAYS: z.coerce.number().int().min(7).max(730).optional(),
  KITH_LANGUAGE: z.enum(LANGUAGES).default('en'),
  KITH_LOG_LEVEL: z.enum(LOG_LEVELS).default('info'),
};

export const kithSettings: SettingGroup<typeof shape> = {
  title: 'Kith',
  shape,
  settings: [
    {
      name: 'KITH_HTTP_PORT',
      description: 'The one port that Kith listens on (health; Slack in http mode). 0 picks a free one.',
      secret: false,
    },
    {
      name: 'KITH_PUBLIC_URL',
      description:
        'The address under which HubSpot and Slack reach KITH_HTTP_PORT, such as https://kith.example.com; needed for webhooks, for OAuth at Slack, and for OAuth at HubSpot unless the browser is on this machine.',
      secret: false,
    },
    { name: 'KITH_DATA_DIR', description: 'The folder that holds everything Kith keeps.', secret: false },
    {
      name: 'KITH_IDENTITY_KEYS',
      description:
        'Keys that encrypt contacts\' names, e-mails and phones: "id:base64" of 32 bytes, comma-separated, the current one first. Without it a key is made and kept in KITH_DATA_DIR/identity.key.',
      secret: true,
    },
    {
      name: 'KITH_BACKUP_DIR',
      description:
        'A folder, best on another disk, that gets a backup every night while Kith runs; the newest 14 are kept. The identity key is not in them.',
      secret: false,
    },
    {
      name: 'CLICKHOUSE_URL',
      description: 'A ClickHouse server or cluster to keep the data in, instead of the engine inside Kith.',
      secret: true,
    },
    {
      name: 'KITH_ENGINE_MEMORY_MB',
      description:
        'Memory in MB that the engine inside Kith may take for its questions; half of what the machine or the container has when absent. Sorting, grouping and joining go on in files of KITH_DATA_DIR from a quarter of it on.',
      secret: false,
    },
    {
      name: 'KITH_PORTAL',
      description: 'Which portal the command line means when the data folder holds several.',
      secret: false,
    },
    {
      name: 'KITH_SYNC_LAG_MINUTES',
      description:
        "Minutes that HubSpot's search may be behind its records: changes younger than that are read again until they are older.",
      secret: false,
    },
    {
      name: 'KITH_HORIZON_DAYS',
      description: 'The horizon H of "will they order in the next H days"; found from the data when absent.',
      secret: false,
    },
    { name: 'KITH_LANGUAGE', description: 'Language of the command line: en or zh.', secret: false },
    { name: 'KITH_LOG_LEVEL', description: 'debug, info, warn, error or silent.', secret: false },
  ],
};
