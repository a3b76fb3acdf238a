import { say, type Text } from '../../src/lib/text.ts';
import { accessOf } from '../../src/privacy/access.ts';
import type { Report, ReportPart } from '../../src/report/report.ts';
import { DEPARTMENT_NAMES } from '../../src/state/department-names.ts';
import type { CommandContext } from '../context.ts';
import { ROLE_NAMES } from './role-names.ts';

/** `/kith privacy`: what is copied, what of it is sealed, who sees what here, how long it stays, and how somebody is forgotten. */
export async function privacyReport(context: CommandContext): Promise<Report> {
  const { language } = context;
  // Refuses where nothing may be said at all.
  await context.reader.result('portfolio');
  const fields = await context.copiedFields();
  const retention = kept(context.state);
  const properties = fields.reduce((sum, { properties: names }) => sum + names.length, 0);
  const section = (title: Text, text: Text): ReportPart[] => [
    { kind: 'heading', text: say(language, title) },
    { kind: 'text', text: say(language, text) },
  ];
  return {
    language,
    headline: say(language, {
      en: `Kith copies ${properties} properties of ${fields.length} kinds of records, and nothing else`,
      zh: `Kith 仅复制 ${fields.length} 类记录的 ${properties} 个属性`,
    }),
    parts: [
      ...section({ en: 'What you see here', zh: '您在此处可见的内容' }, await accessWords(context)),
      {
        kind: 'table',
        title: say(language, { en: 'What is copied', zh: '复制的内容' }),
        columns: [
          { label: say(language, { en: 'Records', zh: '记录' }), align: 'left' },
          { label: say(language, { en: 'Properties', zh: '属性' }), align: 'left' },
        ],
        rows: fields.map(({ object, properties: names }) => [object, names.join(', ')]),
      },
      ...section(SEALED.title, SEALED.text),
      ...section(retention.title, retention.text),
      ...section(FORGOTTEN.title, FORGOTTEN.text),
    ],
    trust: '',
  };
}

const SEALED: Readonly<Record<'title' | 'text', Text>> = {
  title: { en: 'What is encrypted', zh: '加密的内容' },
  text: {
    en: 'Contacts’ names, e-mail addresses and phone numbers are kept apart from everything else, encrypted with AES-256-GCM under a key that is not in the database. E-mails and phones are found by a keyed hash. Everything else refers to a contact by an id. Names of companies and owners’ names and e-mails are not encrypted: keep the data folder to those who may read the CRM. Kith calls the CRM and the chat alone; it sends no telemetry.',
    zh: '联系人的姓名、邮箱和电话单独存放，使用 AES-256-GCM 加密，密钥不在数据库中；邮箱和电话通过带密钥的哈希查找，其他数据仅引用编号。公司名称以及负责人姓名和邮箱不加密，请仅让有权读取 CRM 的人访问数据文件夹。Kith 只访问 CRM 和聊天应用，不发送遥测数据。',
  },
};

function kept({ retentionDays: days }: CommandContext['state']): Readonly<Record<'title' | 'text', Text>> {
  return {
    title: { en: 'How long it is kept', zh: '保留时间' },
    text: {
      en: `The copy follows the CRM: what is archived there is left out, and what HubSpot deletes for privacy is forgotten here, where webhooks are set up. What models learnt from is kept for ${days.matrices} days, why a customer had a score for ${days.scoreDetails}, the words of sent messages for ${days.messages} (people’s names are masked in them), ids of requests and what was asked, without the answer, for ${days.requests}. What a write-back plan proposed is dropped by the first plan after a week. Results, findings, what was written to the CRM and the audit log are kept until somebody removes them with the data folder; backups are yours.`,
      zh: `副本与 CRM 保持一致：已归档的记录不再使用；配置 webhook 后，HubSpot 因隐私删除的联系人也会在此删除。模型所用特征保留 ${days.matrices} 天，评分原因保留 ${days.scoreDetails} 天，已发送消息的内容保留 ${days.messages} 天（其中个人姓名已隐藏），请求编号与提问内容（不含回答）保留 ${days.requests} 天。写回计划的内容在一周后由下一次计划清除。分析结果、发现、写回记录和审计日志会一直保留，直至随数据文件夹删除；备份由您自行管理。`,
    },
  };
}

const FORGOTTEN: Readonly<Record<'title' | 'text', Text>> = {
  title: { en: 'How a person is forgotten', zh: '如何删除个人数据' },
  text: {
    en: 'Whoever looks after Kith runs `kith erase WHO` with an e-mail, a phone or a contact’s id (`--dry-run` shows first what would go): the identity, the record, its links, scores, findings, questions and write-back history go, posted messages that name the person are taken back with their files, and a keyed hash keeps a later sync or a restored backup from bringing the person back. The receipt names the models that had seen the person and what was not reached: the CRM itself, files that somebody saved, backups as they lie. `kith export-person WHO` gives all that is held about somebody; `kith opt-out WHO` makes no profile of them from then on.',
    zh: '由管理员运行 `kith erase 邮箱、电话或联系人编号`（`--dry-run` 先显示将删除的内容）：删除其身份信息、记录、关联、评分、发现、提问和写回历史，撤回提及此人的已发布消息及其文件，并保留带密钥的哈希，以防再次同步或恢复备份时重新出现。回执会列出涉及此人的模型以及未能触及的内容：CRM 本身、他人保存的文件和现有备份。`kith export-person` 导出所保存的全部个人数据；`kith opt-out` 此后不再为此人建立画像。',
  },
};

/** The policy for this viewer in this place, in words. */
async function accessWords({ reader, state }: CommandContext): Promise<Text> {
  const { viewer } = reader;
  const { role, department, place } = viewer;
  const newest = await reader.result('portfolio');
  const unit = newest?.run.portfolio.unit ?? state.unit ?? 'company';
  const atRisk = accessOf(viewer, state, unit, 'standing-at-risk');
  const others = accessOf(viewer, state, unit, 'other');
  const of = department === null ? null : DEPARTMENT_NAMES[department];
  const en = [
    `Your role is ${ROLE_NAMES[role].en}${of === null ? '' : `, your department ${of.en}`}`,
    placeWords(place).en,
  ];
  const zh = [`您的角色是${ROLE_NAMES[role].zh}${of === null ? '' : `，部门为${of.zh}`}`, placeWords(place).zh];
  const whom = { en: whomWords(others.customers).en, zh: whomWords(others.customers).zh };
  en.push(`Customers: ${whom.en}`);
  zh.push(`客户：${whom.zh}`);
  if (others.withheld !== null) {
    en.push(others.withheld.en);
    zh.push(others.withheld.zh);
  }
  if (atRisk.withheld !== null && atRisk.withheld !== others.withheld) {
    en.push(atRisk.withheld.en);
    zh.push(atRisk.withheld.zh);
  }
  if (others.customers !== 'none') {
    const isClear = others.contactNames === 'clear';
    en.push(`Names of companies are shown; names of people are ${isClear ? 'shown' : 'masked'}`);
    zh.push(`显示公司名称；个人姓名${isClear ? '可见' : '已隐藏'}`);
  }
  en.push('Totals, counts and charts that name nobody are shown to everybody in your company');
  zh.push('不涉及具体客户的合计、数量和图表对公司内所有人可见');
  return { en: `${en.join('. ')}.`, zh: `${zh.join('。')}。` };
}

function placeWords(place: CommandContext['reader']['viewer']['place']): Text {
  if (place.kind === 'department') {
    const name = DEPARTMENT_NAMES[place.department];
    return {
      en: `This is ${name.en}’s channel: everybody in it reads the answer, so it shows what ${name.en} may see, whoever asks`,
      zh: `这是${name.zh}频道：频道成员都能看到回答，因此无论谁提问，都只显示${name.zh}可见的内容`,
    };
  }
  if (place.kind === 'only-viewer') return { en: 'Only you read this answer', zh: '此回答仅您可见' };
  return {
    en: 'This channel belongs to no department: the answer is shown to you alone, with people’s names masked, since it may be shared here',
    zh: '此频道不属于任何部门：回答仅您可见，但因可能被分享，个人姓名已隐藏',
  };
}

function whomWords(customers: ReturnType<typeof accessOf>['customers']): Text {
  if (customers === 'all') return { en: 'all of them', zh: '全部' };
  if (customers === 'none') return { en: 'none', zh: '无' };
  return { en: 'those that you own in the CRM', zh: '您在 CRM 中负责的客户' };
}
