import type { LoyaltySummary } from '../../src/analyses/loyalty-summary.ts';
import { trustLine } from '../../src/analyses/trust-line.ts';
import type { Run } from '../../src/domain/results.ts';
import { KithError } from '../../src/lib/errors.ts';
import { type Language, say, type Text } from '../../src/lib/text.ts';
import { formatDay, plural } from '../../src/report/format.ts';
import type { Report, ReportPart } from '../../src/report/report.ts';
import type { CommandContext } from '../context.ts';
import { findCustomer } from './find-customer.ts';
import { maySave } from './may-save.ts';
import { quoted } from './read-argument.ts';

type Tiers = LoyaltySummary['tiers'];

interface Order {
  readonly customer: string;
  readonly tier: number;
  readonly until: string | null;
}

const DATE = /^(.+?)\s+(?:until|至|到)\s+(\S+)$/iu;

/** `CUSTOMER TIER [until DATE]`, the tier being the longest name of one that the text ends with; null when it is none. */
export function readOverride(text: string, tiers: Tiers): Order | null {
  const [, before = text, until = null] = DATE.exec(text) ?? [];
  const rest = before.trim();
  const found = tiers
    .map(({ name }, tier) => ({ name: name.toLowerCase(), tier }))
    .filter(({ name }) => rest.toLowerCase().endsWith(` ${name}`))
    .sort((a, b) => b.name.length - a.name.length)[0];
  if (found === undefined) return null;
  const customer = rest.slice(0, -found.name.length).replace(/^["'“”‘’「\s]+|["'“”‘’」\s]+$/gu, '');
  return customer === '' ? null : { customer, tier: found.tier, until };
}

/** `/loyalty set CUSTOMER TIER [until DATE]`: a person's word, which wins over the points. */
export async function setOverride(context: CommandContext, run: Run, tiers: Tiers, text: string): Promise<Report> {
  const { language, loyalty } = context;
  refuseUnlessAllowed(context);
  const order = readOverride(text, tiers);
  if (order === null) throw usage(language, tiers);
  const until = readDay(context, order.until);
  const { customerId, name } = await onlyCustomer(context, order.customer);
  const card = await context.reader.customer(run, customerId);
  if (card === null || (card.scores.loyalty?.label ?? '') === '') {
    throw new KithError(
      'usage',
      say(language, {
        en: `“${quoted(name)}” has not bought yet, and only customers who have bought have a tier`,
        zh: `“${quoted(name)}”尚未成交，只有已成交的客户才有等级`,
      }),
    );
  }
  await loyalty.set({ customerId, tier: order.tier, until });
  const tier = tiers[order.tier]!.name;
  return answer(context, run, {
    en: `${name} is ${tier} ${until === null ? 'until somebody removes it' : `until ${shown('en', until)}`}, from the next analysis on`,
    zh: `${name}自下次分析起为${tier}，${until === null ? '直到有人取消' : `有效期至 ${shown('zh', until)}`}`,
  });
}

/** `/loyalty unset CUSTOMER`: points decide again. */
export async function removeOverride(context: CommandContext, run: Run, text: string): Promise<Report> {
  const { language, loyalty } = context;
  refuseUnlessAllowed(context);
  if (text === '') {
    throw new KithError(
      'usage',
      say(language, {
        en: 'Whose tier? For example `/loyalty unset Acme`',
        zh: '请指明客户，例如 `/loyalty unset Acme`',
      }),
    );
  }
  const { customerId, name } = await onlyCustomer(context, text);
  if (!(await loyalty.remove(customerId))) {
    throw new KithError(
      'usage',
      say(language, {
        en: `Nobody has given “${quoted(name)}” a tier: \`/loyalty overrides\` lists who has one`,
        zh: `“${quoted(name)}”没有人工等级：用 \`/loyalty overrides\` 查看名单`,
      }),
    );
  }
  return answer(context, run, {
    en: `${name}’s tier follows its points again from the next analysis on`,
    zh: `${name}的等级自下次分析起恢复按积分计算`,
  });
}

/** `/loyalty overrides`: the tiers that people gave, as far as the viewer may see the customers. */
export async function listOverrides(context: CommandContext, run: Run, tiers: Tiers): Promise<Report> {
  const { language, namesOf, reader, loyalty } = context;
  const nameOf = await namesOf(loyalty.list().map(({ by }) => by));
  const items: ReportPart[] = [];
  for (const { customerId, tier, until, by } of loyalty.list()) {
    const card = await reader.customer(run, customerId);
    if (card === null) continue;
    const name = tiers[tier]?.name ?? String(tier);
    const end = say(
      language,
      until === null
        ? { en: 'until somebody removes it', zh: '直到有人取消' }
        : { en: `until ${shown('en', until)}`, zh: `有效期至 ${shown('zh', until)}` },
    );
    items.push({
      kind: 'item',
      title: card.name,
      text: `${name} – ${end} – ${say(language, { en: `given by ${nameOf(by)}`, zh: `${nameOf(by)} 指定` })}`,
    });
  }
  const headline: Text =
    items.length === 0
      ? { en: 'Nobody has a tier that a person gave', zh: '没有人工指定的等级' }
      : {
          en: `${plural('en', items.length, { one: 'customer has', other: 'customers have' }, '')} a tier that a person gave`,
          zh: `${items.length} 位客户的等级由人工指定`,
        };
  return { ...answer(context, run, headline), parts: items };
}

function answer({ language }: CommandContext, run: Run, headline: Text): Report {
  return {
    language,
    headline: say(language, headline),
    parts: [],
    trust: trustLine(language, run, 0, { en: 'set by people', zh: '人工设定' }),
  };
}

function refuseUnlessAllowed(context: CommandContext): void {
  if (maySave(context)) return;
  const { role } = context.reader.viewer;
  throw new KithError(
    'not-allowed',
    say(context.language, {
      en: `Tiers are given by admins and managers, in a channel of your own company; your role is ${role}: ask one of them`,
      zh: `只有管理员和经理可以在本公司频道中指定等级；您的角色是 ${role}：请联系他们`,
    }),
  );
}

async function onlyCustomer(context: CommandContext, text: string) {
  const [only, ...others] = await findCustomer(context, text);
  if (only !== undefined && others.length === 0) return only;
  const names = [only!, ...others].map(({ name, customerId }) => `${name} (${customerId})`).join(', ');
  throw new KithError(
    'usage',
    say(context.language, {
      en: `“${quoted(text)}” may mean several customers; name one by its id: ${names}`,
      zh: `“${quoted(text)}”可能指多个客户，请用编号指明其中一个：${names}`,
    }),
  );
}

function readDay({ language, now, timeZone }: CommandContext, text: string | null): string | null {
  if (text === null) return null;
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.slice(0, 10) === text;
  const today = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(now);
  if (isDay && text >= today) return text;
  throw new KithError(
    'usage',
    say(language, {
      en: `“${quoted(text)}” is not a day from today on: write it as \`until ${Number(today.slice(0, 4)) + 1}-12-31\``,
      zh: `“${quoted(text)}”不是今天或以后的日期：请写成 \`until ${Number(today.slice(0, 4)) + 1}-12-31\``,
    }),
  );
}

function usage(language: Language, tiers: Tiers): KithError {
  const names = tiers.map(({ name }) => name);
  return new KithError(
    'usage',
    say(language, {
      en: `Write \`/loyalty set CUSTOMER TIER\`, or the same with \`until 2027-12-31\`; the tiers are ${names.join(', ')}`,
      zh: `请写 \`/loyalty set 客户 等级\`，可加 \`until 2027-12-31\`；现有等级：${names.join('、')}`,
    }),
  );
}

function shown(language: Language, day: string): string {
  return formatDay(language, Date.parse(day), 'UTC');
}
