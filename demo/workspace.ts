import { ASK_ABOUT_MESSAGE, ASK_ANYTHING } from '../integrations/slack/shortcuts.ts';
import type { CommandListing } from '../src/ports/command.ts';
import type { PortalState } from '../src/state/portal-state.ts';
import type { PortalOwner } from './portal/portal-data.ts';
import type { WorkspaceDefinition } from './slack/stand-in-types.ts';

/** The departments' channels of the made-up workspace. */
export const CHANNELS = {
  marketing: 'C01MARKETNG',
  sales: 'C02SALES',
  service: 'C03SERVICE',
  finance: 'C04FINANCE',
} as const;
export const GENERAL = 'C05GENERAL';

export const PEOPLE = {
  manager: 'U01ANA',
  rep: 'U02BEN',
  marketer: 'U03MEI',
  agent: 'U04SAM',
  controller: 'U05FAY',
} as const;

/** What an administrator let each of them do, and their department. */
const RIGHTS: Readonly<Record<string, { role: PortalState['defaultRole']; department: keyof typeof CHANNELS | null }>> =
  {
    [PEOPLE.manager]: { role: 'manager', department: 'sales' },
    [PEOPLE.rep]: { role: 'rep', department: 'sales' },
    [PEOPLE.marketer]: { role: 'viewer', department: 'marketing' },
    [PEOPLE.agent]: { role: 'viewer', department: 'service' },
    [PEOPLE.controller]: { role: 'admin', department: 'finance' },
  };

/** A workspace of five people, one of whom owns customers in the CRM (the first owner), and their departments' channels. */
export function demoWorkspace(
  name: string,
  owners: readonly PortalOwner[],
  commands: readonly CommandListing[],
): WorkspaceDefinition {
  const owner = owners[0];
  const user = (id: string, realName: string, role: string, tz: string, locale: string, email?: string) => ({
    id,
    name: realName.split(' ')[0]!.toLowerCase(),
    realName,
    email: email ?? `${realName.split(' ')[0]!.toLowerCase()}@kith.example`,
    role,
    tz,
    locale,
    access: RIGHTS[id]?.role ?? '',
  });
  const members = Object.values(PEOPLE);
  const channel = (id: string, channelName: string, purpose: string) => ({
    id,
    name: channelName,
    purpose,
    members,
    isExtShared: false,
  });
  return {
    name,
    users: [
      user(PEOPLE.manager, 'Ana Duarte', 'Head of sales', 'Europe/Lisbon', 'en-GB'),
      user(
        PEOPLE.rep,
        owner === undefined ? 'Ben Okafor' : `${owner.firstName} ${owner.lastName}`,
        'Sales',
        'Europe/London',
        'en-GB',
        owner?.email,
      ),
      user(PEOPLE.marketer, 'Mei 李梅', 'Marketing', 'Asia/Shanghai', 'zh-CN'),
      user(PEOPLE.agent, 'Sam Weber', 'Customer service', 'Europe/Berlin', 'en-US'),
      user(PEOPLE.controller, 'Fay Martin', 'Finance', 'Europe/Paris', 'en-US'),
    ],
    channels: [
      channel(CHANNELS.sales, 'sales', 'Customers, deals, who to call'),
      channel(CHANNELS.marketing, 'marketing', 'Segments and campaigns'),
      channel(CHANNELS.service, 'service', 'Tickets and unhappy customers'),
      channel(CHANNELS.finance, 'finance', 'Revenue and forecasts'),
      channel(GENERAL, 'general', 'Everything else'),
    ],
    shortcuts: [
      { kind: 'message', callbackId: ASK_ABOUT_MESSAGE, name: 'Ask Kith about this' },
      { kind: 'global', callbackId: ASK_ANYTHING, name: 'Ask Kith' },
    ],
    commands: commands.map(({ name: command, summary, usage }) => ({
      command: `/${command}`,
      description: summary.en,
      usageHint: usage,
    })),
  };
}

/** What an administrator would have set in the made-up company. */
export function demoState(current: PortalState): PortalState {
  return {
    ...current,
    channels: CHANNELS,
    people: Object.fromEntries(
      Object.entries(RIGHTS).map(([id, rights]) => [id, { ...rights, language: null, ownerIds: [] }]),
    ),
    writeBackApproved: true,
  };
}
