import type { Viewer } from './domain/people.ts';
import { periodOf } from './jobs/period.ts';
import type { Asker, Kith, Workspace } from './kith.ts';
import { KithError } from './lib/errors.ts';
import { type Language, say, type Text } from './lib/text.ts';
import { placeOf } from './privacy/viewer.ts';
import type { ReportDocument } from './report/document.ts';
import { formatMonth, plural } from './report/format.ts';
import type { Report } from './report/report.ts';

/** The same customers from the four departments' sides, by the commands that answer for each. */
const SECTIONS: readonly { readonly command: string; readonly text: string; readonly heading: Text }[] = [
  { command: 'customers', text: '', heading: { en: 'Our customers', zh: '客户概况' } },
  { command: 'forecast', text: '', heading: { en: 'Finance: what to expect', zh: '财务：收入预测' } },
  { command: 'value', text: '', heading: { en: 'Finance: what customers are worth', zh: '财务：客户价值' } },
  { command: 'churn-risk', text: '', heading: { en: 'Sales: who may leave', zh: '销售：流失风险' } },
  { command: 'likely', text: '', heading: { en: 'Sales: who is likely to buy', zh: '销售：可能下单的客户' } },
  { command: 'service', text: '', heading: { en: 'Service: who needs help', zh: '客服：需要关怀的客户' } },
  { command: 'segments', text: '', heading: { en: 'Marketing: groups of customers', zh: '市场：客户分群' } },
  { command: 'loyalty', text: '', heading: { en: 'Marketing: loyalty tiers', zh: '市场：忠诚度等级' } },
  { command: 'basket', text: '', heading: { en: 'Marketing: what goes together', zh: '市场：产品搭配' } },
  { command: 'anomalies', text: '', heading: { en: 'What is unusual', zh: '异常情况' } },
  { command: 'models', text: '', heading: { en: 'How right Kith was', zh: '预测质量' } },
];

type Answering = Pick<Kith, 'command' | 'now'>;

const TITLE: Text = { en: 'Customers this month', zh: '客户月报' };

/** The monthly report as whoever asks may see it. Sections that have nothing to say yet are left out. */
export async function monthlyDocument(kith: Answering, at: Workspace, asker: Asker): Promise<ReportDocument> {
  const { language, timeZone } = asker;
  const sections: { heading: string; report: Report }[] = [];
  for (const { command, text, heading } of SECTIONS) {
    const report = await kith.command(at, asker, command, text).catch(leftOut);
    if (report !== null) sections.push({ heading: say(language, heading), report: { ...report, actions: [] } });
  }
  if (sections.length === 0)
    throw new KithError('no-results', {
      en: "There are no results yet; run 'kith analyse' first",
      zh: '尚无分析结果；请先运行 kith analyse',
    });
  const [newest] = await at.portal.results.runs(1);
  const month = formatMonth(language, newest?.asOf ?? kith.now(), timeZone);
  return { title: say(language, TITLE), subtitle: `${at.account.name} · ${month}`, language, sections };
}

/** An analysis that has not run, or that answers nothing here, has no section. */
function leftOut(error: unknown): null {
  if (error instanceof KithError && (error.code === 'no-results' || error.code === 'not-allowed')) return null;
  throw error;
}

/** Puts the month's report into the outbox for management's channel, once a month; says in a line what came of it. */
export async function sendMonthlyReport(kith: Answering, at: Workspace): Promise<Text> {
  const state = at.state();
  const { managementChannel: channelId, language } = state;
  if (channelId === null)
    return {
      en: 'no channel is set for the monthly report: set managementChannel in the settings',
      zh: '尚未指定月度报告的频道：请在设置中填写 managementChannel',
    };
  const key = `monthly:${periodOf('month', kith.now(), at.account.timeZone)}`;
  if (await at.outbox.knows(key)) return { en: `${key} was posted before`, zh: `${key} 此前已发布` };
  const viewer: Viewer = {
    userId: 'monthly-report',
    role: 'manager',
    department: null,
    ownerIds: [],
    place: placeOf({ channelId, channelKind: 'channel' }, state),
  };
  return at.portal.erasures.fresh(
    () => monthlyDocument(kith, at, { viewer, language, timeZone: at.account.timeZone }),
    async (document) => {
      await at.outbox.enqueue({ key, channelId, kind: 'monthly-report', report: coverOf(document), document });
      const count = document.sections.length;
      return {
        en: `${key}: ${plural('en', count, { one: 'section', other: 'sections' }, '')}`,
        zh: `${key}：共 ${count} 节`,
      };
    },
  );
}

/** What is read without opening the file: each section in a line. */
function coverOf({ title, subtitle, language, sections }: ReportDocument): Report {
  return {
    language,
    headline: `${title} · ${subtitle}`,
    parts: [
      { kind: 'facts', facts: sections.map(({ heading, report }) => ({ label: heading, value: report.headline })) },
      {
        kind: 'text',
        text: say(language, {
          en: 'The file has each of these with its tables and charts.',
          zh: '附件包含以上各项的表格与图表。',
        }),
      },
    ],
    trust: sections[0]?.report.trust ?? '',
  };
}

/** The name of the file, for whoever keeps several. */
export function monthlyFileName({ subtitle }: { readonly subtitle: string }, language: Language): string {
  const words = subtitle.normalize('NFKC').replace(/[^\p{L}\p{N}]+/gu, '-');
  return `${say(language, { en: 'kith-monthly', zh: 'kith-月报' })}-${words}.pdf`;
}
