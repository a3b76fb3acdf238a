import { DEPARTMENTS, type Department, ROLES } from '../src/domain/people.ts';
import { say, type Text } from '../src/lib/text.ts';
import type { FormOutcome } from '../src/report/form.ts';
import { DEPARTMENT_NAMES } from '../src/state/department-names.ts';
import type { CommandContext, KithForm } from './context.ts';
import { refuseUnlessAdmin } from './shared/refuse-unless-admin.ts';
import { optionsOf, ROLE_NAMES } from './shared/role-names.ts';

const NONE: Text = { en: 'none', zh: '无' };

/** One person's role and department. */
export const setPerson: KithForm = {
  name: 'set-person',
  async open(context) {
    refuseUnlessAdmin(context);
    const { language, state } = context;
    return {
      language,
      title: say(language, { en: 'A person’s role', zh: '人员角色' }),
      submit: say(language, { en: 'Save', zh: '保存' }),
      intro: say(language, {
        en: `It holds at once. Whoever has no role of their own is ${ROLE_NAMES[state.defaultRole].en}.`,
        zh: `立即生效。没有单独角色的人员均为${ROLE_NAMES[state.defaultRole].zh}。`,
      }),
      fields: [
        { kind: 'person', name: 'person', label: say(language, { en: 'Person', zh: '人员' }) },
        {
          kind: 'choice',
          name: 'role',
          label: say(language, { en: 'Role', zh: '角色' }),
          options: optionsOf(language, ROLE_NAMES),
          value: state.defaultRole,
        },
        {
          kind: 'choice',
          name: 'department',
          label: say(language, { en: 'Department', zh: '部门' }),
          options: optionsOf(language, { none: NONE, ...DEPARTMENT_NAMES }),
          value: 'none',
        },
      ],
    };
  },
  async submit(context, _value, { person = null, role: wanted = null, department: of = null }) {
    refuseUnlessAdmin(context);
    const { language, people } = context;
    const role = ROLES.find((one) => one === wanted);
    const department = DEPARTMENTS.find((one) => one === of) ?? null;
    const problems: Record<string, string> = {};
    if (person === null || !/^[UW][A-Z0-9]{2,}$/.test(person)) {
      problems.person = say(language, { en: 'Choose a person', zh: '请选择人员' });
    }
    if (role === undefined) problems.role = say(language, { en: 'Choose a role', zh: '请选择角色' });
    if (of !== 'none' && department === null) {
      problems.department = say(language, { en: 'Choose a department, or none', zh: '请选择部门或“无”' });
    }
    if (person === null || role === undefined || Object.keys(problems).length > 0) return { kind: 'refused', problems };
    const change = await people.set(person, { role, department });
    if (change === 'last-admin') {
      const problem = say(language, {
        en: 'This is the last admin: make somebody else admin first',
        zh: '这是最后一位管理员：请先指定其他管理员',
      });
      return { kind: 'refused', problems: { role: problem } };
    }
    return saved(context, person, role, department);
  },
};

function saved(
  { language }: CommandContext,
  person: string,
  role: (typeof ROLES)[number],
  department: Department | null,
): FormOutcome {
  const of = department === null ? NONE : DEPARTMENT_NAMES[department];
  const headline = say(language, {
    en: `${person} is now ${ROLE_NAMES[role].en}; department: ${of.en}`,
    zh: `${person} 现为${ROLE_NAMES[role].zh}，部门：${of.zh}`,
  });
  return { kind: 'done', report: { language, headline, parts: [], trust: '' }, changesHome: true };
}
