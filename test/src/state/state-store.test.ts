import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { portalStateSchema } from '../../../src/state/portal-state.ts';
import { openState } from '../../../src/state/state-store.ts';

let dataDir: string;
let file: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'kith-state-'));
  file = join(dataDir, 'state.json');
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

describe('the state', () => {
  it('has defaults where nobody decided anything, and reading writes nothing', async () => {
    const state = await openState(dataDir);
    expect(state.portal('1')).toEqual(portalStateSchema.parse({}));
    expect(state.portal('constructor').language).toBe('en');
    expect(await readdir(dataDir)).toEqual([]);
  });

  it('keeps a change, per portal, readable by people and only by this user', async () => {
    const state = await openState(dataDir);
    const changed = await state.update('1', (current) => ({ ...current, language: 'zh' }));
    expect(changed.language).toBe('zh');
    const reopened = await openState(dataDir);
    expect(reopened.portal('1').language).toBe('zh');
    expect(reopened.portal('2').language).toBe('en');
    expect(await readFile(file, 'utf8')).toContain('\n      "language": "zh",\n');
  });

  it('loses none of many changes made at once', async () => {
    const state = await openState(dataDir);
    await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        state.update('1', (current) => ({ ...current, segmentNames: { ...current.segmentNames, [`s${i}`]: `n${i}` } })),
      ),
    );
    expect(Object.keys((await openState(dataDir)).portal('1').segmentNames)).toHaveLength(20);
  });

  it('refuses a change that is no setting, and stays as it was', async () => {
    const state = await openState(dataDir);
    await expect(state.update('1', (current) => ({ ...current, horizonDays: -5 }))).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('horizonDays'),
    });
    expect(state.portal('1').horizonDays).toBeNull();
    expect((await state.update('1', (current) => ({ ...current, horizonDays: 60 }))).horizonDays).toBe(60);
  });

  it('fills in what a hand-written file leaves out', async () => {
    await writeFile(file, '{ "portals": { "1": { "namesInMarketing": true } } }');
    const portal = (await openState(dataDir)).portal('1');
    expect(portal).toEqual({ ...portalStateSchema.parse({}), namesInMarketing: true });
  });

  it('fills in the schedules that an older version did not know', async () => {
    const old = { portals: { '1': { schedules: { salesList: '0 7 * * 1-5', marketingDigest: '0 9 * * 1' } } } };
    await writeFile(file, JSON.stringify(old));
    const { schedules } = (await openState(dataDir)).portal('1');
    expect(schedules).toMatchObject({
      salesList: '0 7 * * 1-5',
      serviceDigest: '30 8 * * 1-5',
      financeDigest: portalStateSchema.parse({}).schedules.financeDigest,
    });
  });
});

describe('a damaged state file', () => {
  it.each([
    ['cut off', '{\n  "portals": {\n    "1": { "language"', /line 3, column 22/],
    ['with a stray comma', '{\n  "portals": {},\n}', /line 3, column 1/],
    ['empty', '', /it is empty/],
    ['with a value of the wrong kind', '{ "portals": { "1": { "language": "fr" } } }', /at portals\.1\.language: /],
    ['with an unknown setting', '{ "portals": { "1": { "langauge": "en" } } }', /at portals\.1: .*langauge/],
    ['that is a list', '[]', /at its top level/],
  ])('%s is refused with its place and the good copy, and is left as it is', async (_what, text, place) => {
    await writeFile(file, text);
    const refusal = openState(dataDir);
    await expect(refusal).rejects.toMatchObject({ code: 'state-damaged', message: expect.stringMatching(place) });
    await expect(refusal).rejects.toMatchObject({
      message: expect.stringMatching(/state\.json is damaged .*state\.json\.bak, over it$/),
    });
    expect(await readFile(file, 'utf8')).toBe(text);
  });

  it('is not overwritten by a process that had read it before', async () => {
    const state = await openState(dataDir);
    await state.update('1', (current) => ({ ...current, language: 'zh' }));
    await writeFile(file, 'oops');
    await expect(state.update('1', (current) => ({ ...current, language: 'en' }))).rejects.toMatchObject({
      code: 'state-damaged',
    });
    expect(await readFile(file, 'utf8')).toBe('oops');
    expect(state.portal('1').language).toBe('zh');
  });

  it('can be put right with the last good copy', async () => {
    const state = await openState(dataDir);
    await state.update('1', (current) => ({ ...current, horizonDays: 60 }));
    await state.update('1', (current) => ({ ...current, horizonDays: 90 }));
    await writeFile(file, '{');
    await writeFile(file, await readFile(`${file}.bak`, 'utf8'));
    expect((await openState(dataDir)).portal('1').horizonDays).toBe(60);
  });

  it('that vanished while its copy is there is refused, not started afresh', async () => {
    const state = await openState(dataDir);
    await state.update('1', (current) => current);
    await state.update('1', (current) => current);
    await rm(file);
    await expect(openState(dataDir)).rejects.toMatchObject({ message: expect.stringContaining('is missing') });
  });

  it('a folder that cannot be written to is said so in one sentence', async () => {
    const state = await openState(join(dataDir, 'nowhere'));
    await expect(state.update('1', (current) => current)).rejects.toMatchObject({
      code: 'store-unwritable',
      message: expect.stringContaining('cannot be written'),
    });
  });
});
