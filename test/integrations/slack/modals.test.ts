import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkedView } from '../../../demo/slack/check-view.ts';
import { createWorkspace } from '../../../demo/slack/workspace.ts';
import { formValues } from '../../../integrations/slack/form-values.ts';
import { formModal, ticketOf } from '../../../integrations/slack/modals.ts';
import { KithError } from '../../../src/lib/errors.ts';
import type { Form, FormField } from '../../../src/report/form.ts';
import { hostileText } from './report-arbitrary.ts';
import { FORM } from './with-stand-in.ts';

/** What Slack shows nobody, and what stands in a box as it was written. */
const UNREAD = new Set(['block_id', 'value', 'initial_value', 'private_metadata']);
const TICKET = { name: 'note', value: 'c_1', channelId: 'C0SALES' };
const workspace = createWorkspace({ users: [], channels: [], commands: [] }, () => 0);

const named = { name: fc.string({ maxLength: 20 }), label: hostileText };
const anyField: fc.Arbitrary<FormField> = fc.oneof(
  fc.record({ ...named, kind: fc.constant('text' as const), value: hostileText, hint: hostileText }),
  fc.record({ ...named, kind: fc.constant('number' as const), value: fc.integer(), least: fc.integer() }),
  fc.record({
    ...named,
    kind: fc.constant('choice' as const),
    options: fc.array(fc.record({ value: fc.string({ maxLength: 160 }), label: hostileText }), { maxLength: 110 }),
  }),
  fc.record({ ...named, kind: fc.constantFrom('channel', 'person') }),
  fc.record({
    ...named,
    kind: fc.constantFrom('day', 'time'),
    value: fc.constantFrom('', '2026-12-01', '09:30', 'soon'),
  }),
);
const anyForm: fc.Arbitrary<Form> = fc.record({
  language: fc.constantFrom('en' as const, 'zh' as const),
  title: hostileText,
  submit: hostileText,
  intro: hostileText,
  fields: fc.array(anyField, { maxLength: 12, size: 'small' }),
});

describe('formModal', () => {
  it('makes a view that Slack takes, or refuses the form, whatever stands in it', () => {
    let shown = 0;
    fc.assert(
      fc.property(anyForm, (form) => {
        try {
          const view = formModal(form, TICKET);
          checkedView(workspace, JSON.parse(JSON.stringify(view)), 'modal');
          const written = JSON.stringify(view, (key, value) => (UNREAD.has(key) ? '' : value));
          expect(written).not.toMatch(/<[!@#]/);
          shown += 1;
        } catch (error) {
          if (!(error instanceof KithError)) throw error;
          expect(error.code).toBe('chat-refused');
        }
      }),
      { numRuns: 200, seed: 20_261_122, endOnFailure: true },
    );
    expect(shown).toBeGreaterThan(40);
  });

  it('refuses what would have to be cut: too long a value to bring back, two fields of one name, a choice of nothing', () => {
    const refused =
      (form: Partial<Form>, value = 'x') =>
      () =>
        formModal({ ...FORM, ...form }, { ...TICKET, value });
    const field = { kind: 'text' as const, name: 'a', label: 'A' };
    expect(refused({}, 'v'.repeat(3000))).toThrow(/private_metadata of \d+ characters, at most 3000/);
    expect(refused({ fields: [field, field] })).toThrow('two questions of one name');
    expect(refused({ fields: [{ kind: 'choice', name: 'a', label: 'A', options: [] }] })).toThrow('0 options');
    expect(refused({ fields: [{ kind: 'day', name: 'a', label: 'A', value: 'soon' }] })).toThrow('YYYY-MM-DD');
  });

  it('brings the form’s name, value and place back', () => {
    expect(ticketOf(formModal(FORM, TICKET).private_metadata)).toEqual(TICKET);
    for (const metadata of ['', '{', 'null', '{"name":1}', '[]']) expect(ticketOf(metadata)).toBeNull();
  });
});

describe('formValues', () => {
  it('reads every kind of element, and null where nothing was entered', () => {
    const values = {
      'kith:a': { entry: { value: 'text' } },
      'kith:b': { entry: { selected_option: { value: 'price' } } },
      'kith:c': { entry: { selected_conversation: 'C1' } },
      'kith:d': { entry: { selected_user: 'U1' } },
      'kith:e': { entry: { selected_date: '2026-12-01' } },
      'kith:f': { entry: { selected_time: '09:30' } },
      'kith:g': { entry: { value: '  ' } },
      'kith:h': { entry: { selected_option: null } },
      'kith:__proto__': { entry: { value: 'x' } },
      other: { entry: { value: 'not Kith’s' } },
    };
    expect({ ...formValues({ values }) }).toEqual({
      a: 'text',
      b: 'price',
      c: 'C1',
      d: 'U1',
      e: '2026-12-01',
      f: '09:30',
      g: null,
      h: null,
      ['__proto__']: 'x',
    });
  });
});
