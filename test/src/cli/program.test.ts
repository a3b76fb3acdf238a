import { describe, expect, test } from 'vitest';
import type { Operations } from '../../../src/cli/operations.ts';
import { type ProgramOptions, runProgram } from '../../../src/cli/program.ts';
import { KithError } from '../../../src/lib/errors.ts';
import type { Language } from '../../../src/lib/text.ts';
import { displayWidth } from '../../../src/report/display-width.ts';
import type { Report } from '../../../src/report/report.ts';

const report: Report = {
  language: 'en',
  headline: '12 customers may leave',
  parts: [{ kind: 'text', text: 'Look here' }],
  trust: 'as of today',
};

function harness(operations: Partial<Operations>, language: Language = 'en') {
  const printed = { out: '', err: '', closed: 0 };
  const options: ProgramOptions = {
    terminal: {
      out: (text) => {
        printed.out += text;
      },
      err: (text) => {
        printed.err += text;
      },
      isTerminal: false,
      columns: 80,
    },
    version: '1.2.3',
    // Only what a test expects is there; anything else is a TypeError that fails it.
    open: async () => ({ close: async () => void printed.closed++, ...operations }) as Operations,
    tenants: () => [],
    manifest: async (mode, { oauth }) => `manifest for ${mode}${oauth ? ' with oauth' : ''}\n`,
    doctor: async () => [
      { state: 'ok', what: { en: 'data folder: fine', zh: '数据文件夹：正常' }, next: null },
      {
        state: 'advice',
        what: { en: 'no channels', zh: '没有频道' },
        next: { en: 'Name some', zh: '请指定' },
      },
      {
        state: 'problem',
        what: { en: 'HubSpot token', zh: 'HubSpot 令牌' },
        next: { en: 'Set HUBSPOT_ACCESS_TOKEN', zh: '请设置 HUBSPOT_ACCESS_TOKEN' },
      },
    ],
    language,
  };
  return { printed, run: (...words: string[]) => runProgram(words, options) };
}

describe('the command line', () => {
  test('prints a report as text, and as JSON with --json on either side of the command', async () => {
    const asked: unknown[] = [];
    const { printed, run } = harness({
      report: async (...words) => {
        asked.push(words);
        return { report, png: async () => null };
      },
    });
    expect(await run('report', '/churn-risk', 'Acme', 'Ltd', '--lang', 'zh')).toBe(0);
    expect(asked).toEqual([['churn-risk', 'Acme Ltd', 'zh']]);
    expect(printed.out).toContain('12 customers may leave');
    for (const words of [
      ['--json', 'report', 'segments'],
      ['report', 'segments', '--json'],
    ]) {
      printed.out = '';
      expect(await run(...words)).toBe(0);
      expect(JSON.parse(printed.out)).toEqual(report);
    }
    expect(printed.closed).toBe(3);
  });

  test('connects and disconnects Slack', async () => {
    const { run, printed } = harness({
      connect: async (to: string) => ({ to }),
      disconnect: async (from: string) => ({ from }),
    });
    expect(await run('connect', 'slack')).toBe(0);
    expect(await run('disconnect', 'slack')).toBe(0);
    expect(printed.out).toBe('to: slack\nfrom: slack\n');
  });

  test('connects and disconnects HubSpot, and no other CRM', async () => {
    const { printed, run } = harness({
      connect: async () => ({ portal: '42', scopes: ['tickets'] }),
      disconnect: async () => ({ portal: '42', withdrawn: true }),
    });
    expect(await run('connect', 'hubspot')).toBe(0);
    expect(await run('disconnect', 'hubspot')).toBe(0);
    expect(printed.out).toBe('portal: 42\nscopes\n  0: tickets\nportal: 42\nwithdrawn: true\n');
    expect(await run('connect', 'salesforce')).toBe(2);
    expect(printed.err).toContain('hubspot');
    expect(printed.closed).toBe(2);
  });

  test('exits with 2 on wrong use and 1 on a failure, each in one sentence without a stack', async () => {
    const { printed, run } = harness({
      importFolder: async () => {
        throw new KithError('bad-folder', 'There is no folder /nowhere; give a folder of CSV files');
      },
      sync: async () => {
        throw new KithError('crm-unreachable', 'HubSpot could not be reached; check the network');
      },
    });
    expect(await run('import', '/nowhere')).toBe(2);
    expect(await run('sync')).toBe(1);
    expect(printed.err).toBe(
      'kith: There is no folder /nowhere; give a folder of CSV files\nkith: HubSpot could not be reached; check the network\n',
    );
    expect(printed.closed).toBe(2);
  });

  test('suggests the command that was meant', async () => {
    const { printed, run } = harness({});
    expect(await run('anlyse')).toBe(2);
    expect(printed.err).toContain('did you mean analyse?');
  });

  test('refuses an instant that is none, and takes a day as its end', async () => {
    const seen: unknown[] = [];
    const { printed, run } = harness({
      analyse: async (options) => {
        seen.push(options);
        return { result: { ok: true }, report: null };
      },
    });
    expect(await run('analyse', '--as-of', 'yesterday')).toBe(2);
    expect(printed.err).toContain("'yesterday' is not an instant");
    expect(await run('analyse', '--as-of', '2026-06-30', '--only', 'segments', 'value')).toBe(0);
    expect(seen).toEqual([{ asOf: Date.parse('2026-06-30T23:59:59.999Z'), only: ['segments', 'value'] }]);
  });

  test('prints what a replay came to as a report, and lists the kept runs or one of them', async () => {
    const asked: unknown[] = [];
    const { printed, run } = harness({
      analyse: async () => ({ result: { replay: { of: 'r1' } }, report }),
      runs: async (id) => {
        asked.push(id);
        return { result: { runs: [] }, report };
      },
    });
    expect(await run('analyse', '--as-of', '2026-06-30T12:00:00.123Z')).toBe(0);
    expect(printed.out).toContain('12 customers may leave');
    expect(await run('runs')).toBe(0);
    expect(await run('runs', '019', '--json')).toBe(0);
    expect(asked).toEqual([null, '019']);
    expect(printed.out).toContain('{"runs":[]}');
  });

  test('writes back only what was asked for', async () => {
    const seen: unknown[] = [];
    const { printed, run } = harness({
      writeBack: async (options) => {
        seen.push(options);
        return { result: { changed: 3 }, report };
      },
      removeProperties: async (options) => {
        seen.push(options);
        return { result: {}, report };
      },
      undoWriteBack: async (batch) => {
        seen.push(batch);
        return { result: {}, report };
      },
    });
    await run('write-back', '--dry-run');
    await run('write-back', '--yes');
    await run('write-back', 'undo', 'batch-7');
    const nothing = { dryRun: false, approved: false, force: false, plan: null, csv: null, language: null };
    expect(seen).toEqual([{ ...nothing, dryRun: true }, { ...nothing, approved: true }, 'batch-7']);
    expect(printed.out).toContain('12 customers may leave');
    seen.length = 0;
    printed.out = '';
    await run('write-back', '--plan', 'wb-1', '--yes', '--force', '--csv', 'plan.csv', '--lang', 'zh', '--json');
    await run('write-back', 'remove');
    await run('write-back', 'remove', '--yes');
    expect(seen).toEqual([
      { dryRun: false, approved: true, force: true, plan: 'wb-1', csv: 'plan.csv', language: 'zh' },
      { dryRun: true },
      { dryRun: false },
    ]);
    expect(printed.out).toContain('{"changed":3}');
  });

  test('has a doctor who says the next step and fails when something is to be mended', async () => {
    const { printed, run } = harness({});
    expect(await run('doctor')).toBe(2);
    expect(printed.out).toBe(
      '✓ data folder: fine\n! no channels\n    → Name some\n✗ HubSpot token\n    → Set HUBSPOT_ACCESS_TOKEN\n',
    );
  });

  test('says in the language of the command line what went wrong', async () => {
    const { printed, run } = harness({}, 'zh');
    await run('doctor');
    expect(printed.err).toBe('kith: 检查发现需要修复的问题；请查看标有 ✗ 的行\n');
  });

  test('starts no second bot beside a running one', async () => {
    const { printed, run } = harness({});
    expect(await run('start')).toBe(2);
    expect(printed.err).toContain('already running');
  });

  test('prints the manifest of either mode', async () => {
    const { printed, run } = harness({});
    await run('manifest', '--http');
    await run('manifest');
    await run('manifest', '--oauth');
    expect(printed.out).toBe('manifest for http\nmanifest for socket\nmanifest for socket with oauth\n');
  });

  test('says when an answer has no chart to write', async () => {
    const { printed, run } = harness({ report: async () => ({ report, png: async () => null }) });
    expect(await run('report', 'kith', 'help', '--png', 'x.png')).toBe(2);
    expect(printed.err).toContain('has no chart');
  });

  test('helps in the reader’s language, in lines that fit the terminal', async () => {
    const english = harness({});
    expect(await english.run('--help')).toBe(0);
    expect(english.printed.out).toMatch(/^Usage: kith \[options\] \[command\]\n\nCustomer analytics for HubSpot/);
    const names = [...english.printed.out.matchAll(/^ {2}([a-z][a-z-]*)[ \n]/gm)].map(([, name]) => name!);
    expect(names).toEqual(expect.arrayContaining(['start', 'sync', 'write-back', 'report', 'backup', 'help']));
    for (const words of [['--help'], ...names.filter((name) => name !== 'help').map((name) => ['help', name])]) {
      const { printed, run } = harness({}, 'zh');
      expect(await run(...words)).toBe(0);
      expect(printed.out).toMatch(/^用法：/);
      for (const line of printed.out.split('\n')) {
        expect(displayWidth(line), line).toBeLessThanOrEqual(80);
        // The name of a command or an option in its column, and then words.
        if (/^ {2}\S.* {2,}\S/.test(line)) expect(line).toMatch(/[\u4e00-\u9fff]/);
      }
      expect(printed.out).not.toMatch(/Options|Commands|choices|default:/);
    }
  });

  test.each([
    [['sync', '--ful'], "unknown option '--ful' (did you mean --full?)", "未知选项 '--ful'（您是指 --full 吗？）"],
    [['snyc'], "unknown command 'snyc' (did you mean sync?)", "未知命令 'snyc'（您是指 sync 吗？）"],
    [['import'], "missing required argument 'dir'", "缺少必需的参数 'dir'"],
    [['report', 'x', '--png'], "option '--png <file>' argument missing", "选项 '--png <file>' 缺少参数"],
    [['export-person', 'a'], "required option '--to <file>' not specified", "没有给出必需的选项 '--to <file>'"],
    [
      ['export', 'a', 'b'],
      "too many arguments for 'export'. Expected 1 argument but got 2",
      "'export' 的参数过多：应为 1 个，实际为 2 个",
    ],
    [
      ['report', 'x', '--lang', 'fr'],
      "option '--lang <language>' argument 'fr' is invalid. Allowed choices are en, zh",
      "选项 '--lang <language>' 的参数 'fr' 无效：只能是 en, zh",
    ],
    [
      ['connect', 'x'],
      "command-argument value 'x' is invalid for argument 'what'. Allowed choices are hubspot, slack",
      "参数 'what' 的值 'x' 无效：只能是 hubspot, slack",
    ],
  ])('says what is wrong with %j, and what to do', async (words, english, chinese) => {
    const en = harness({});
    expect(await en.run(...words)).toBe(2);
    expect(en.printed.err).toBe(
      `kith: ${english}; 'kith --help' lists the commands, 'kith help <command>' tells about one\n`,
    );
    const zh = harness({}, 'zh');
    expect(await zh.run(...words)).toBe(2);
    expect(zh.printed.err).toBe(`kith: ${chinese}；'kith --help' 列出所有命令，'kith help <命令>' 说明其中一个\n`);
  });
});
