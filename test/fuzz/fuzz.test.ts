import { createHmac } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commands, forms } from '../../commands/index.ts';
import { openCsvFolder } from '../../integrations/csv/open-csv-folder.ts';
import { createListener, type Listener } from '../../integrations/http/create-listener.ts';
import { hubspotWebhooks } from '../../integrations/hubspot/webhook-handler.ts';
import { openApp } from '../../src/app.ts';
import { loadConfig, SETTINGS } from '../../src/config.ts';
import { OBJECT_TYPES } from '../../src/domain/crm.ts';
import { DEPARTMENTS, ROLES } from '../../src/domain/people.ts';
import type { Asker, Kith, Workspace } from '../../src/kith.ts';
import { KithError } from '../../src/lib/errors.ts';
import { createLogger } from '../../src/lib/logger.ts';
import { plainText } from '../../src/report/plain-text.ts';
import { openState } from '../../src/state/state-store.ts';

/** Inputs in all; a soak asks for 100,000. */
const INPUTS = Number(process.env.KITH_FUZZ_INPUTS ?? 2_000);
const SEED = Number(process.env.KITH_FUZZ_SEED ?? 20_260_101);
const share = (part: number): { numRuns: number; seed: number } => ({
  numRuns: Math.max(1, Math.round(INPUTS * part)),
  seed: SEED,
});
const TIME_LIMIT_MS = 120_000 + INPUTS * 100;

const LOGGER = createLogger('silent');
const quiet = { update: () => undefined };
const root = mkdtempSync(join(tmpdir(), 'kith-fuzz-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const ODD = [
  '',
  ' ',
  '\u0000',
  '=HYPERLINK("http://x")',
  "'; DROP TABLE companies; --",
  '../../etc/passwd',
  '<!channel> <@U1>',
  '{{constructor}}',
  '__proto__',
  'constructor',
  '\ud800',
  '𝕏'.repeat(100),
  '9'.repeat(400),
  '-0',
  'NaN',
  '1e999',
  '今天',
  '2026-02-30',
  '%s%n',
  '|||',
  '`code`',
  'a\nb\rc\tb',
];
const WORDS = [
  'me',
  'all',
  'help',
  'status',
  'top',
  '10',
  'company',
  'high',
  'low',
  'Gold',
  '30',
  'settings',
  'set',
  'why',
];
const text = fc.oneof(
  fc.constantFrom(...ODD),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.array(fc.constantFrom(...WORDS, ...ODD), { maxLength: 6 }).map((words) => words.join(' ')),
  fc.string({ maxLength: 5_000 }),
);

/** What a person may be shown: a sentence, no stack, no statement, no path of a source. */
function expectShowable(said: string): void {
  expect(said).not.toMatch(/\n\s+at .*[:(]\d+/);
  expect(said).not.toMatch(/SELECT .* FROM|node_modules|\.ts:\d+|TypeError|is not a function|Cannot read prop/);
}

/** It answers, or refuses in Kith's words. */
async function settles(act: () => unknown): Promise<unknown> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof KithError)) throw error;
    expect(error.message.trim()).not.toBe('');
    expectShowable(error.message);
    return null;
  }
}

describe('whatever is typed, clicked and entered', () => {
  let kith: Kith;
  let at: Workspace;
  beforeAll(async () => {
    const folder = join(root, 'crm');
    mkdirSync(folder);
    const names = Array.from({ length: 30 }, (_, n) => `${100 + n},Company ${n},c${n}.example`);
    writeFileSync(join(folder, 'companies.csv'), `id,name,domain\n${names.join('\n')}\n`);
    const pipelines = 'object,pipeline_id,pipeline_label,stage_id,stage_label,is_closed,probability';
    writeFileSync(join(folder, 'pipelines.csv'), `${pipelines}\ndeals,p,Orders,won,Won,true,1.0\n`);
    const deals = Array.from({ length: 150 }, (_, n) => {
      const day = new Date(Date.UTC(2024, 0, 1 + ((n * 7) % 700))).toISOString();
      return `${900 + n},Order ${n},p,won,${100 + n},EUR,${day},${day},${100 + (n % 30)}`;
    });
    const columns =
      'id,dealname,pipeline,dealstage,amount,deal_currency_code,createdate,closedate,associated_company_ids';
    writeFileSync(join(folder, 'deals.csv'), `${columns}\n${deals.join('\n')}\n`);
    const config = loadConfig({ KITH_DATA_DIR: join(root, 'data'), KITH_HTTP_PORT: '0' });
    kith = await openApp({ config, logger: LOGGER, now: () => Date.UTC(2026, 0, 5), asOf: 'now' });
    at = (await kith.importFolder(folder, quiet)).workspace;
    await kith.analyse(at, {
      asOf: null,
      only: ['portfolio', 'customers', 'segments', 'value', 'loyalty', 'health'],
      progress: quiet,
    });
  }, 180_000);
  afterAll(() => kith?.close());

  const asker: fc.Arbitrary<Asker> = fc
    .record({
      role: fc.constantFrom(...ROLES),
      department: fc.constantFrom(null, ...DEPARTMENTS),
      language: fc.constantFrom('en' as const, 'zh' as const),
      userId: fc.constantFrom('U1', 'U2', 'U3'),
    })
    .map(({ role, department, language, userId }) => ({
      viewer: { userId, role, department, ownerIds: ['7'], place: { kind: 'only-viewer' as const } },
      language,
      timeZone: 'Europe/Berlin',
      request: { id: 'r1', channelId: `direct:${userId}` },
    }));
  const shown = (report: unknown): void => {
    if (report !== null && typeof report === 'object' && 'parts' in report)
      expectShowable(plainText(report as never, { width: 100 })); // a report, by its parts
  };

  it('commands answer or refuse in a sentence', { timeout: TIME_LIMIT_MS }, async () => {
    const name = fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom(...commands.map((one) => one.name)) },
      { weight: 1, arbitrary: text },
    );
    await fc.assert(
      fc.asyncProperty(asker, name, text, async (who, command, words) =>
        shown(await settles(() => kith.command(at, who, command, words))),
      ),
      share(0.15),
    );
  });

  it('questions in plain words do too', { timeout: TIME_LIMIT_MS }, async () => {
    await fc.assert(
      fc.asyncProperty(asker, text, text, async (who, words, quoted) =>
        shown(await settles(() => kith.ask(at, who, { text: words, threadId: '', quoted }))),
      ),
      share(0.05),
    );
  });

  it('buttons do too', { timeout: TIME_LIMIT_MS }, async () => {
    const name = fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...kith.actions) }, { weight: 1, arbitrary: text });
    await fc.assert(
      fc.asyncProperty(asker, name, text, async (who, action, value) =>
        shown(await settles(() => kith.action(at, who, action, value))),
      ),
      share(0.1),
    );
  });

  it('forms open or refuse, and take or refuse what is entered', { timeout: TIME_LIMIT_MS }, async () => {
    const form = fc.constantFrom(...forms.map(({ name }) => name));
    const entered = fc.dictionary(
      fc.oneof(text, fc.constantFrom('language', 'channel', 'from', 'to', 'person', 'role')),
      fc.option(text),
      {
        maxKeys: 8,
      },
    );
    await fc.assert(
      fc.asyncProperty(asker, form, text, entered, async (who, name, value, values) => {
        const opened = await settles(() => kith.openForm(at, who, name, value));
        const own = opened !== null && typeof opened === 'object' && 'fields' in opened ? opened.fields : [];
        const named = Object.fromEntries(
          (own as { name: string }[]).map((field, n) => [field.name, Object.values(values)[n] ?? null]),
        );
        await settles(() => kith.submitForm(at, who, { name, value }, { ...values, ...named }));
      }),
      share(0.1),
    );
  });
});

describe('whatever comes from outside', () => {
  let listener: Listener;
  let url: string;
  const queued: unknown[] = [];
  beforeAll(async () => {
    listener = createListener({ port: 0, host: '127.0.0.1', logger: LOGGER, ready: () => ({ ok: true, reason: '' }) });
    const handler = hubspotWebhooks.handler({
      secret: 'shared',
      publicUrl: 'https://kith.example',
      portalId: '1',
      now: Date.now,
      queue: async (hints, unreadable) => {
        queued.push(...hints, ...unreadable);
      },
      onTrouble: () => undefined,
    });
    listener.mount(hubspotWebhooks.path, handler);
    url = `http://127.0.0.1:${await listener.open()}`;
  });
  afterAll(() => listener?.close());

  it('webhooks are taken, set aside or refused, and the listener lives on', { timeout: TIME_LIMIT_MS }, async () => {
    const event = fc.record(
      {
        eventId: fc.oneof(fc.integer(), text),
        subscriptionType: fc.oneof(
          fc.constantFrom('company.propertyChange', 'contact.privacyDeletion', 'deal.deletion', 'object.merge'),
          text,
        ),
        portalId: fc.oneof(fc.constant(1), fc.integer(), text),
        objectId: fc.oneof(fc.integer(), text),
        occurredAt: fc.oneof(fc.integer(), fc.double()),
      },
      { requiredKeys: [] },
    );
    const body = fc.oneof(
      fc.array(event, { maxLength: 5 }).map((events) => JSON.stringify(events)),
      fc.json({ maxDepth: 4 }),
      text,
    );
    await fc.assert(
      fc.asyncProperty(body, fc.boolean(), async (content, isSigned) => {
        const stamp = String(Date.now());
        const bytes = Buffer.from(content);
        const signed = `POSThttps://kith.example${hubspotWebhooks.path}${bytes.toString()}${stamp}`;
        const signature = isSigned ? createHmac('sha256', 'shared').update(signed).digest('base64') : 'wrong';
        const before = queued.length;
        const answer = await fetch(`${url}${hubspotWebhooks.path}`, {
          method: 'POST',
          body: bytes,
          headers: { 'x-hubspot-signature-v3': signature, 'x-hubspot-request-timestamp': stamp },
        });
        expect(answer.status).toBeLessThan(500);
        expectShowable(await answer.text());
        if (!isSigned) expect([answer.status >= 400, queued.length]).toEqual([true, before]);
      }),
      share(0.15),
    );
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });

  it('files of a CRM are read, refused row by row, or refused', { timeout: TIME_LIMIT_MS }, async () => {
    const cell = fc.oneof(
      text,
      fc.constantFrom('1', '2026-01-01T00:00:00Z', 'EUR', 'true', '"', '","', '12,5', '1.000,00'),
    );
    const row = fc.array(cell, { maxLength: 8 }).map((cells) => cells.join(','));
    const header = fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom('id,name,domain', 'id,dealname,pipeline,dealstage,amount,closedate') },
      { weight: 1, arbitrary: row },
    );
    let count = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('companies.csv', 'deals.csv', 'contacts.csv', 'pipelines.csv', 'tickets.csv.gz'),
        header,
        fc.array(row, { maxLength: 6 }),
        async (file, first, rows) => {
          count += 1;
          const directory = join(root, `csv-${count}`);
          mkdirSync(directory);
          writeFileSync(join(directory, file), [first, ...rows].join('\n'));
          await settles(async () => {
            const { source } = await openCsvFolder(directory);
            try {
              for (const type of OBJECT_TYPES)
                for await (const page of source.read(type, {})) expect(page).toBeDefined();
            } finally {
              await source.close();
            }
          });
          rmSync(directory, { recursive: true });
        },
      ),
      share(0.1),
    );
  });

  it('a state file is read or refused with the place that is wrong', { timeout: TIME_LIMIT_MS }, async () => {
    const portal = fc.dictionary(
      fc.oneof(
        fc.constantFrom(
          'language',
          'people',
          'channels',
          'schedules',
          'quietHours',
          'playbooks',
          'unit',
          'subscriptions',
          'retentionDays',
        ),
        text,
      ),
      fc.anything({ maxDepth: 3 }),
      { maxKeys: 4 },
    );
    const content = fc.oneof(
      text,
      fc.json(),
      fc
        .record({
          version: fc.oneof(fc.constant(1), fc.integer()),
          portals: fc.dictionary(text, portal, { maxKeys: 2 }),
        })
        .map((state) => JSON.stringify(state, (_, value) => (typeof value === 'bigint' ? String(value) : value)) ?? ''),
    );
    const directory = mkdtempSync(join(root, 'state-'));
    await fc.assert(
      fc.asyncProperty(content, async (file) => {
        writeFileSync(join(directory, 'state.json'), file);
        await settles(async () => (await openState(directory)).portal('1'));
      }),
      share(0.1),
    );
  });

  it('an environment is read or refused, and no secret is repeated', { timeout: TIME_LIMIT_MS }, () => {
    const environment = fc.dictionary(fc.constantFrom(...SETTINGS.map(({ name }) => name)), text, { maxKeys: 8 });
    const secrets = SETTINGS.filter(({ secret }) => secret).map(({ name }) => name);
    fc.assert(
      fc.property(environment, (given) => {
        try {
          loadConfig(given);
        } catch (error) {
          if (!(error instanceof KithError)) throw error;
          expectShowable(error.message);
          for (const name of secrets) {
            const value = given[name]?.trim() ?? '';
            // A long one that is not by chance a part of the other words.
            if (
              value.length > 12 &&
              !Object.entries(given).some(([other, one]) => other !== name && one.includes(value))
            )
              expect(error.message).not.toContain(value);
          }
        }
      }),
      share(0.25),
    );
  });
});
