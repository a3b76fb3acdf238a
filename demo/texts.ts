import type { Text } from '../src/lib/text.ts';

/** What the terminal of a demo says. */
export const demoTexts = {
  madeUp: (customers: string, seed: number): Text => ({
    en: `  A made-up company: ${customers} customers over three years (seed ${seed}).`,
    zh: `  一家虚构的公司：三年间的 ${customers} 位客户（种子 ${seed}）。`,
  }),
  skipped: (rows: number, data: string, first: string): Text => ({
    en: `  ${rows} rows of ${data} could not be read; the first: ${first}`,
    zh: `  ${data} 中有 ${rows} 行无法读取；第一行：${first}`,
  }),
  servers: (hubspot: string, slack: string, calls: string): Text => ({
    en: `  stand-in HubSpot at ${hubspot} (its limit raised from 190 to ${calls} calls per 10 s)\n  stand-in Slack at   ${slack}\n`,
    zh: `  模拟的 HubSpot：${hubspot}（每 10 秒的调用上限由 190 提高到 ${calls}）\n  模拟的 Slack：  ${slack}\n`,
  }),
  ready: (seconds: number, slack: string, hubspot: string, dataDir: string): Text => {
    const report = `KITH_DATA_DIR=${forShell(dataDir)} npm run kith -- report churn-risk`;
    return {
      en: `
  Kith did its whole job in ${seconds} s. Now read it, and ask it something:

    Slack     ${slack}    channels, slash commands, buttons
    HubSpot   ${hubspot}    the records, with what Kith wrote on them
    terminal  ${report}

  Ctrl-C ends it and removes everything it kept.`,
      zh: `
  Kith 在 ${seconds} 秒内完成了全部工作。现在可以阅读结果，并向它提问：

    Slack     ${slack}    频道、斜杠命令、按钮
    HubSpot   ${hubspot}    各条记录，以及 Kith 写在上面的内容
    终端      ${report}

  按 Ctrl-C 结束，并删除它保存的一切。`,
    };
  },
} as const;

/** A word as a shell reads it back. */
function forShell(word: string): string {
  return /^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
