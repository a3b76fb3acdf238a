import type { CustomerUnit } from '../domain/crm.ts';
import type { Department, Viewer } from '../domain/people.ts';
import type { Text } from '../lib/text.ts';
import type { PortalState } from '../state/portal-state.ts';

/** Which named customers somebody may see, and how. */
export interface Access {
  /** 'all', nobody, or those that these CRM owners own. */
  readonly customers: 'all' | 'none' | { readonly ownerIds: readonly string[] };
  /** Why customers are missing; null when none are. */
  readonly withheld: Text | null;
  /** Whether contacts' names are readable; companies' names always are. */
  readonly contactNames: 'clear' | 'masked';
}

/** What a list of customers tells about them. */
export type Subject = 'standing-at-risk' | 'service' | 'unusual' | 'other';

/** The analyses whose rows say that a customer may leave or has left. */
const AT_RISK_ANALYSES: readonly string[] = ['churn-risk', 'portfolio'];

export function subjectOf(analysis: string): Subject {
  if (analysis === 'service') return 'service';
  // Many tickets, or no order for long.
  if (analysis === 'anomalies') return 'unusual';
  return AT_RISK_ANALYSES.includes(analysis) ? 'standing-at-risk' : 'other';
}

export const SHARED_EXTERNALLY: Text = {
  en: 'This channel is shared with another company, so nothing about customers is shown here: ask in a channel of your own or in a direct message',
  zh: '此频道与其他公司共享，因此不会显示任何客户信息：请在内部频道或私信中提问',
};

const MARKETING_AT_RISK: Text = {
  en: 'Named customers at risk are not shown to marketing: an admin can allow it with namesInMarketing in the settings',
  zh: '市场部不显示存在流失风险的客户名称：管理员可在设置中启用 namesInMarketing',
};

const MARKETING_SERVICE: Text = {
  en: 'Customers with tickets are not named to marketing: an admin can allow it with namesInMarketing in the settings',
  zh: '市场部不显示有工单的客户名称：管理员可在设置中启用 namesInMarketing',
};

const MARKETING_UNUSUAL: Text = {
  en: 'Customers with something unusual are not named to marketing: an admin can allow it with namesInMarketing in the settings',
  zh: '市场部不显示有异常的客户名称：管理员可在设置中启用 namesInMarketing',
};

const MARKETING_CONTACTS: Text = {
  en: 'The customers here are people, and data about single contacts is not shown to marketing',
  zh: '此处的客户为个人，市场部不显示单个联系人的数据',
};

const FINANCE_CONTACTS: Text = {
  en: 'The customers here are people, and data about single contacts is not shown to finance',
  zh: '此处的客户为个人，财务部不显示单个联系人的数据',
};

const UNKNOWN_OWNER: Text = {
  en: 'You see the customers that you own in the CRM, and Kith does not know which CRM owner you are: ask an admin to set your owner id in the settings',
  zh: '您只能查看自己在 CRM 中负责的客户，但系统不知道您对应哪位负责人：请管理员在设置中填写您的负责人编号',
};

const OWN_CUSTOMERS_ONLY: Text = {
  en: 'Only the customers that you own are shown',
  zh: '仅显示您负责的客户',
};

/** The policy: where it is said, then which department hears it, then who asks. */
export function accessOf(viewer: Viewer, state: PortalState, unit: CustomerUnit, subject: Subject): Access {
  if (viewer.place.kind === 'shared-externally') return nothing(SHARED_EXTERNALLY);
  const department = departmentThatHears(viewer);
  if (department === 'marketing') {
    if (subject === 'standing-at-risk' && !state.namesInMarketing) return nothing(MARKETING_AT_RISK);
    if (subject === 'service' && !state.namesInMarketing) return nothing(MARKETING_SERVICE);
    if (subject === 'unusual' && !state.namesInMarketing) return nothing(MARKETING_UNUSUAL);
    if (unit === 'contact') return nothing(MARKETING_CONTACTS);
  }
  if (department === 'finance' && unit === 'contact') return nothing(FINANCE_CONTACTS);
  const contactNames = viewer.place.kind === 'only-viewer' && viewer.role !== 'viewer' ? 'clear' : 'masked';
  if (viewer.role === 'rep' && state.restrictReps) {
    if (viewer.ownerIds.length === 0) return nothing(UNKNOWN_OWNER);
    return { customers: { ownerIds: viewer.ownerIds }, withheld: OWN_CUSTOMERS_ONLY, contactNames };
  }
  return { customers: 'all', withheld: null, contactNames };
}

/** A department's channel is its department, whoever asks in it; elsewhere a person hears for their own, admins for none. */
function departmentThatHears({ place, role, department }: Viewer): Department | null {
  if (place.kind === 'department') return place.department;
  return role === 'admin' ? null : department;
}

function nothing(withheld: Text): Access {
  return { customers: 'none', withheld, contactNames: 'masked' };
}
