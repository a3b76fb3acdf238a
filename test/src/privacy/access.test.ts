import { describe, expect, it } from 'vitest';
import type { CustomerUnit } from '../../../src/domain/crm.ts';
import type { Department, Place, Role, Viewer } from '../../../src/domain/people.ts';
import { accessOf, type Subject, subjectOf } from '../../../src/privacy/access.ts';
import { maskedEmail, maskedName } from '../../../src/privacy/masking.ts';
import { commandLineViewer, digestViewer, viewerFor } from '../../../src/privacy/viewer.ts';
import { portalStateSchema } from '../../../src/state/portal-state.ts';

const state = portalStateSchema.parse({});
const alone: Place = { kind: 'only-viewer' };
const channel: Place = { kind: 'channel', channelId: 'C9' };
const outside: Place = { kind: 'shared-externally', channelId: 'C9' };
const room = (department: Department): Place => ({ kind: 'department', department, channelId: 'C1' });

function viewer(role: Role, place: Place, fields: Partial<Viewer> = {}): Viewer {
  return { userId: 'U1', role, department: null, ownerIds: [], place, ...fields };
}

describe('who may see which customers', () => {
  const risk: Subject = 'standing-at-risk';
  it.each<[string, Viewer, CustomerUnit, Subject, 'all' | 'none' | string[], 'clear' | 'masked']>([
    ['an admin at a terminal', commandLineViewer(), 'contact', risk, 'all', 'clear'],
    ['a manager in a direct message', viewer('manager', alone), 'contact', risk, 'all', 'clear'],
    ['a viewer in a direct message', viewer('viewer', alone), 'contact', risk, 'all', 'masked'],
    ['an admin in a channel', viewer('admin', channel), 'contact', risk, 'all', 'masked'],
    ['an admin in a channel shared with others', viewer('admin', outside), 'company', 'other', 'none', 'masked'],
    ['the marketing channel, at risk', viewer('admin', room('marketing')), 'company', risk, 'none', 'masked'],
    ['the marketing channel, segments', viewer('viewer', room('marketing')), 'company', 'other', 'all', 'masked'],
    ['the marketing channel, people', viewer('admin', room('marketing')), 'contact', 'other', 'none', 'masked'],
    ['the marketing digest, at risk', digestViewer('marketing', 'marketing', 'C1'), 'company', risk, 'none', 'masked'],
    ['the sales digest, at risk', digestViewer('sales', 'sales', 'C1'), 'company', risk, 'all', 'masked'],
    ['the finance channel, companies', viewer('viewer', room('finance')), 'company', risk, 'all', 'masked'],
    ['the finance channel, people', viewer('admin', room('finance')), 'contact', risk, 'none', 'masked'],
    [
      'somebody of finance alone, people',
      viewer('manager', alone, { department: 'finance' }),
      'contact',
      risk,
      'none',
      'masked',
    ],
    [
      'an admin of finance alone, people',
      viewer('admin', alone, { department: 'finance' }),
      'contact',
      risk,
      'all',
      'clear',
    ],
    ['the service channel, people', viewer('viewer', room('service')), 'contact', risk, 'all', 'masked'],
    [
      'the service channel, tickets',
      viewer('viewer', room('service')),
      'company',
      subjectOf('service'),
      'all',
      'masked',
    ],
    [
      'the marketing channel, tickets',
      viewer('admin', room('marketing')),
      'company',
      subjectOf('service'),
      'none',
      'masked',
    ],
    [
      'the marketing channel, what is unusual',
      viewer('admin', room('marketing')),
      'company',
      subjectOf('anomalies'),
      'none',
      'masked',
    ],
    ['a rep with an owner', viewer('rep', alone, { ownerIds: ['7'] }), 'company', risk, ['7'], 'clear'],
    ['a rep in the sales channel', viewer('rep', room('sales'), { ownerIds: ['7'] }), 'contact', risk, ['7'], 'masked'],
    ['a rep without an owner', viewer('rep', alone), 'company', 'other', 'none', 'masked'],
  ])('%s', (_who, who, unit, subject, customers, contactNames) => {
    const access = accessOf(who, state, unit, subject);
    expect(access.customers).toEqual(Array.isArray(customers) ? { ownerIds: customers } : customers);
    expect(access.contactNames).toBe(contactNames);
    // Whatever is missing is explained, in both languages.
    if (customers === 'all') expect(access.withheld).toBeNull();
    else {
      expect(access.withheld?.en).toMatch(/^[A-Z].{10,}/);
      expect(access.withheld?.zh).toMatch(/[\p{sc=Han}]{4,}/u);
    }
  });

  it('follows what people decided: names in marketing, reps unrestricted', () => {
    const open = { ...state, namesInMarketing: true, restrictReps: false };
    expect(accessOf(viewer('viewer', room('marketing')), open, 'company', risk).customers).toBe('all');
    expect(accessOf(viewer('rep', alone), open, 'company', risk).customers).toBe('all');
    for (const subject of ['service', 'unusual'] as const)
      expect(accessOf(viewer('viewer', room('marketing')), open, 'company', subject).customers).toBe('all');
    expect(accessOf(viewer('viewer', room('marketing')), open, 'contact', risk).customers).toBe('none');
  });
});

describe('a viewer', () => {
  const decided = portalStateSchema.parse({
    channels: { sales: 'C-sales' },
    people: { U1: { role: 'rep', department: 'sales' }, U2: { role: 'rep', ownerIds: ['99'] } },
  });
  const owners = [
    { id: '7', email: 'Ann@Example.com' },
    { id: '8', email: '' },
  ];
  const from = { userId: 'U1', userEmail: 'ann@example.com', channelId: 'C-sales', channelKind: 'channel' } as const;

  it('is the CRM owner of the same e-mail, unless people named another', () => {
    expect(viewerFor(from, decided, owners)).toEqual({
      userId: 'U1',
      role: 'rep',
      department: 'sales',
      ownerIds: ['7'],
      place: { kind: 'department', department: 'sales', channelId: 'C-sales' },
    });
    expect(viewerFor({ ...from, userId: 'U2' }, decided, owners).ownerIds).toEqual(['99']);
    expect(viewerFor({ ...from, userEmail: '' }, decided, owners).ownerIds).toEqual([]);
  });

  it('whom nobody knows has the default role', () => {
    expect(viewerFor({ ...from, userId: 'constructor' }, decided, []).role).toBe('viewer');
  });

  it('in a department’s channel that is shared with another company is outside', () => {
    expect(viewerFor({ ...from, channelKind: 'shared-externally' }, decided, []).place.kind).toBe('shared-externally');
    expect(viewerFor({ ...from, channelKind: 'direct' }, decided, []).place.kind).toBe('only-viewer');
    expect(viewerFor({ ...from, channelId: 'C2' }, decided, []).place.kind).toBe('channel');
  });
});

describe('masking', () => {
  it('keeps contacts apart without naming them', () => {
    expect(maskedName('Brown', '12347')).toBe('B••• 12347');
    expect(maskedName('欧阳娜娜', '5')).toBe('欧••• 5');
    expect(maskedName('', '5')).toBe('••• 5');
  });

  it('leaves of an e-mail its first letter and domain', () => {
    expect(maskedEmail('brown@example.com')).toBe('b•••@example.com');
    expect(maskedEmail('not an address')).toBe('•••');
  });
});
