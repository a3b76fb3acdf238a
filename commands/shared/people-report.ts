import { DEPARTMENTS, type Department, type PersonChange, ROLES, type Role } from '../../src/domain/people.ts';
import { KithError } from '../../src/lib/errors.ts';
import { type Language, say, type Text } from '../../src/lib/text.ts';
import { plural } from '../../src/report/format.ts';
import type { Report } from '../../src/report/report.ts';
import { DEPARTMENT_NAMES } from '../../src/state/department-names.ts';
import type { CommandContext } from '../context.ts';
import { quoted } from './read-argument.ts';
import { refuseUnlessAdmin } from './refuse-unless-admin.ts';
import { ROLE_NAMES } from './role-names.ts';

/** What each role may do, in the words of the list. */
const MAY: readonly (readonly [Role, Text])[] = [
  ['admin', { en: 'changes settings and people', zh: '可修改设置与人员' }],
  [
    'manager',
    {
      en: 'sees every customer, gives tiers, runs playbooks, writes back',
      zh: '可查看全部客户、指定等级、运行方案、写回',
    },
  ],
  ['rep', { en: 'sees the customers that they own in the CRM', zh: '可查看自己在 CRM 中负责的客户' }],
  [
    'viewer',
    { en: 'sees customers with people’s names masked, changes nothing', zh: '可查看客户（个人姓名隐藏），不能修改' },
  ],
];

/** Of reps where `restrictReps` is off. */
const SEES_ALL: Text = { en: 'sees every customer', zh: '可查看全部客户' };

/** `/kith people`, `… set @PERSON ROLE [DEPARTMENT]`, `… remove @PERSON`. */
export async function peopleReport(context: CommandContext, text: string): Promise<Report> {
  const { language, people } = context;
  // Refuses where nothing may be said at all.
  await context.reader.result('portfolio');
  const [typed = '', who = '', ...rest] = text.split(' ').filter((word) => word !== '');
  const word = typed.toLowerCase();
  if (word === '') return list(context);
  if ((word === 'set' || word === '设置') && rest.length > 0) {
    refuseUnlessAdmin(context);
    const userId = readPerson(language, who);
    return await changed(context, userId, await people.set(userId, readChange(language, rest)));
  }
  if ((word === 'remove' || word === '移除') && who !== '' && rest.length === 0) {
    refuseUnlessAdmin(context);
    const userId = readPerson(language, who);
    return await changed(context, userId, await people.remove(userId));
  }
  throw new KithError(
    'usage',
    say(language, {
      en: `\`/kith people ${quoted(text)}\` is not known: use \`/kith people\`, \`/kith people set @PERSON ROLE DEPARTMENT\` or \`/kith people remove @PERSON\``,
      zh: `无法识别 \`/kith people ${quoted(text)}\`：请使用 \`/kith people\`、\`/kith people set @人员 角色 部门\` 或 \`/kith people remove @人员\``,
    }),
  );
}

async function list({ language, namesOf, people, reader, state }: CommandContext): Promise<Report> {
  const known = people.list();
  const nameOf = await namesOf(known.map(({ userId }) => userId));
  const owners = await namesOfOwners(
    { language, reader },
    known.flatMap(({ ownerIds }) => ownerIds),
  );
  const column = (en: string, zh: string) => ({ label: say(language, { en, zh }), align: 'left' as const });
  const rest = say(language, ROLE_NAMES[state.defaultRole]);
  const headline: Text =
    known.length === 0
      ? { en: `Nobody has a role of their own: everybody is ${rest}`, zh: `没有人有单独的角色：所有人均为${rest}` }
      : {
          en: `${plural('en', known.length, { one: 'person has', other: 'people have' }, '')} a role of their own; everybody else is ${rest}`,
          zh: `${known.length} 人有单独的角色，其他人均为${rest}`,
        };
  return {
    language,
    headline: say(language, headline),
    parts: [
      ...(known.length === 0
        ? []
        : [
            {
              kind: 'table' as const,
              title: say(language, { en: 'People', zh: '人员' }),
              columns: [
                column('Chat user', '聊天用户'),
                column('Role', '角色'),
                column('Department', '部门'),
                column('CRM owner', 'CRM 负责人'),
              ],
              rows: known.map(({ userId, role, department, ownerIds }) => [
                nameOf(userId),
                say(language, ROLE_NAMES[role]),
                department === null ? '–' : say(language, DEPARTMENT_NAMES[department]),
                ownerIds.length === 0
                  ? say(language, { en: 'by e-mail', zh: '按邮箱' })
                  : ownerIds.map(owners).join(language === 'zh' ? '、' : ', '),
              ]),
            },
          ]),
      {
        kind: 'facts',
        facts: MAY.map(([role, may]) => ({
          label: say(language, ROLE_NAMES[role]),
          value: say(language, role === 'rep' && !state.restrictReps ? SEES_ALL : may),
        })),
      },
      {
        kind: 'text',
        text: say(language, {
          en: 'An admin changes one with `/kith people set @PERSON ROLE DEPARTMENT`, and back with `/kith people remove @PERSON`; it holds at once',
          zh: '管理员可用 `/kith people set @人员 角色 部门` 修改，用 `/kith people remove @人员` 恢复默认，立即生效',
        }),
      },
    ],
    trust: '',
  };
}

/** What the CRM calls these owners. */
async function namesOfOwners(
  { language, reader }: Pick<CommandContext, 'language' | 'reader'>,
  ids: readonly string[],
): Promise<(id: string) => string> {
  const found = await Promise.all([...new Set(ids)].map(async (id) => [id, await reader.findOwners(id)] as const));
  const names = new Map(found.map(([id, owners]) => [id, owners.find((owner) => owner.id === id)?.name]));
  const gone = say(language, { en: 'no longer in the CRM', zh: '已不在 CRM 中' });
  return (id) => names.get(id) ?? gone;
}

async function changed(
  { language, namesOf, state }: CommandContext,
  userId: string,
  change: PersonChange | 'last-admin',
): Promise<Report> {
  const name = (await namesOf([userId]))(userId);
  if (change === 'last-admin') {
    throw new KithError(
      'not-allowed',
      say(language, {
        en: `${name} is the last admin, and nothing was changed: make somebody else admin first, with \`/kith people set @PERSON admin\``,
        zh: `${name} 是最后一位管理员，未作修改：请先用 \`/kith people set @人员 admin\` 指定其他管理员`,
      }),
    );
  }
  const words = (person: PersonChange['after']): string =>
    [
      say(language, ROLE_NAMES[person?.role ?? state.defaultRole]),
      ...(person?.department == null ? [] : [say(language, DEPARTMENT_NAMES[person.department])]),
    ].join(language === 'zh' ? '、' : ', ');
  const [from, to] = [words(change.before), words(change.after)];
  const isSame = JSON.stringify(change.before) === JSON.stringify(change.after);
  const headline: Text = isSame
    ? { en: `${name} is ${to} already`, zh: `${name} 已经是${to}` }
    : { en: `${name} is now ${to}; before: ${from}`, zh: `${name} 现为${to}，此前为${from}` };
  return { language, headline: say(language, headline), parts: [], trust: '' };
}

/** `<@U123|ana>` as a chat writes a mention, or the id itself. */
function readPerson(language: Language, text: string): string {
  const id = /^<@([A-Z0-9]+)(?:\|[^>]*)?>$/.exec(text)?.[1] ?? text.replace(/^@/, '');
  if (/^[UW][A-Z0-9]{2,}$/.test(id)) return id;
  throw new KithError(
    'usage',
    say(language, {
      en: `“${quoted(text)}” is nobody that the chat knows: mention the person (@Ana), or give the member id from their profile, such as U024BE7LH`,
      zh: `“${quoted(text)}”不是聊天中的用户：请 @ 该人员，或填写其资料页中的成员 ID，例如 U024BE7LH`,
    }),
  );
}

/** A role and a department, in any order; one of them is enough, and `none` is no department. */
function readChange(language: Language, words: readonly string[]): { role?: Role; department?: Department | null } {
  const change: { role?: Role; department?: Department | null } = {};
  for (const word of words) {
    const typed = word.toLowerCase().replace(/,$/, '');
    const role = ROLES.find((one) => one === typed || ROLE_NAMES[one].zh === typed);
    const department = DEPARTMENTS.find((one) => one === typed || DEPARTMENT_NAMES[one].zh === typed);
    if (role !== undefined && change.role === undefined) change.role = role;
    else if (department !== undefined && change.department === undefined) change.department = department;
    else if (/^(none|无)$/.test(typed) && change.department === undefined) change.department = null;
    else throw notAccepted(language, word);
  }
  return change;
}

function notAccepted(language: Language, word: string): KithError {
  return new KithError(
    'usage',
    say(language, {
      en: `“${quoted(word)}” is no role or department, or one too many, and nothing was changed: the roles are ${ROLES.join(', ')}; the departments are ${DEPARTMENTS.join(', ')} or none`,
      zh: `“${quoted(word)}”不是角色或部门（或重复），未作修改：角色有 ${ROLES.join('、')}，部门有 ${DEPARTMENTS.join('、')} 或 none`,
    }),
  );
}
