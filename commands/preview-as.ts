import { DEPARTMENTS, type Place, ROLES } from '../src/domain/people.ts';
import { say, type Text } from '../src/lib/text.ts';
import type { Report } from '../src/report/report.ts';
import { DEPARTMENT_NAMES } from '../src/state/department-names.ts';
import type { KithForm } from './context.ts';
import { refuseUnlessAdmin } from './shared/refuse-unless-admin.ts';
import { optionsOf, ROLE_NAMES } from './shared/role-names.ts';

const NONE: Text = { en: 'none', zh: '无' };
const ALONE: Text = { en: 'by themselves', zh: '仅本人可见' };
const OTHER: Text = { en: 'any other channel', zh: '其他频道' };
const CHANNELS: Readonly<Record<(typeof DEPARTMENTS)[number], Text>> = {
  marketing: { en: 'in marketing’s channel', zh: '市场部频道' },
  sales: { en: 'in sales’ channel', zh: '销售部频道' },
  service: { en: 'in service’s channel', zh: '客服部频道' },
  finance: { en: 'in finance’s channel', zh: '财务部频道' },
};

/** What `/churn-risk` would show somebody else, to an admin, who sees at least as much. */
export const previewAs: KithForm = {
  name: 'preview-as',
  async open(context) {
    refuseUnlessAdmin(context);
    const { language } = context;
    return {
      language,
      title: say(language, { en: 'Preview as somebody', zh: '以他人身份预览' }),
      submit: say(language, { en: 'Show', zh: '显示' }),
      intro: say(language, {
        en: 'Shows what /churn-risk would answer such a person. Only you see it.',
        zh: '显示该身份使用 /churn-risk 时会看到的内容，仅您可见。',
      }),
      fields: [
        {
          kind: 'choice',
          name: 'role',
          label: say(language, { en: 'Role', zh: '角色' }),
          options: optionsOf(language, ROLE_NAMES),
          value: 'viewer',
        },
        {
          kind: 'choice',
          name: 'department',
          label: say(language, { en: 'Department', zh: '部门' }),
          options: optionsOf(language, { none: NONE, ...DEPARTMENT_NAMES }),
          value: 'none',
        },
        {
          kind: 'choice',
          name: 'place',
          label: say(language, { en: 'Where it is asked', zh: '提问位置' }),
          options: optionsOf(language, { alone: ALONE, ...CHANNELS, other: OTHER }),
          value: 'alone',
        },
        {
          kind: 'text',
          name: 'owner',
          label: say(language, { en: 'CRM owner', zh: 'CRM 负责人' }),
          hint: say(language, { en: 'Name or e-mail of a rep’s owner', zh: '销售代表对应的负责人姓名或邮箱' }),
          isOptional: true,
          most: 100,
        },
      ],
    };
  },
  async submit(context, _value, entered) {
    refuseUnlessAdmin(context);
    const { language, reader } = context;
    const role = ROLES.find((one) => one === entered.role);
    const department = DEPARTMENTS.find((one) => one === entered.department) ?? null;
    const place = placeOf(entered.place ?? '');
    const owner = (entered.owner ?? '').trim();
    const owners = owner === '' ? [] : await reader.findOwners(owner);
    const choose = say(language, { en: 'Choose one', zh: '请选择一项' });
    const problems = {
      ...(role === undefined ? { role: choose } : {}),
      ...(department === null && entered.department !== 'none' ? { department: choose } : {}),
      ...(place === null ? { place: choose } : {}),
      ...(owner !== '' && owners.length === 0
        ? { owner: say(language, { en: 'No CRM owner is called so', zh: '没有这个名称的 CRM 负责人' }) }
        : {}),
    };
    if (role === undefined || place === null || Object.keys(problems).length > 0) return { kind: 'refused', problems };
    const as = { role, department, ownerIds: owners.map(({ id }) => id), place };
    const shown = await context.preview(as, 'churn-risk', '');
    const names = [
      ROLE_NAMES[role],
      ...(department === null ? [] : [DEPARTMENT_NAMES[department]]),
      place.kind === 'department' ? CHANNELS[place.department] : place.kind === 'channel' ? OTHER : ALONE,
    ].map((name) => say(language, name));
    const who = names.join(language === 'zh' ? '、' : ', ');
    const note = say(language, { en: `As seen by: ${who}`, zh: `预览身份：${who}` });
    return { kind: 'done', report: asSeen(shown, note), changesHome: false };
  },
};

function placeOf(text: string): Place | null {
  if (text === 'alone') return { kind: 'only-viewer' };
  if (text === 'other') return { kind: 'channel', channelId: '' };
  const department = DEPARTMENTS.find((one) => one === text);
  return department === undefined ? null : { kind: 'department', department, channelId: '' };
}

/** Without its buttons: a click would answer with the admin's own rights. */
function asSeen({ actions: _, ...report }: Report, note: string): Report {
  return {
    ...report,
    parts: [
      { kind: 'text', text: note },
      ...report.parts.map((part) => {
        if (part.kind !== 'item') return part;
        const { actions: _buttons, ...item } = part;
        return item;
      }),
    ],
  };
}
