import type { SegmentFeature } from '../features/segment-features.ts';
import type { Text } from '../lib/text.ts';
import type { HealthKind, HealthSummary, IMPUTED } from './health-summary.ts';
import { RECORD_NAMES } from './record-names.ts';

interface KindTexts {
  /** After a number: `41 won deals have no close date`. */
  readonly one: string;
  readonly other: string;
  /** `41 笔…`, with its measure word. */
  readonly zh: string;
  /** A few words for an axis. */
  readonly short: Text;
  readonly cost: Text;
  readonly next: Text;
}

export const HEALTH_TEXTS: Readonly<Record<HealthKind, KindTexts>> = {
  no_amount: {
    one: 'won deal has no amount',
    other: 'won deals have no amount',
    zh: ' 笔赢单没有金额',
    short: { en: 'No amount', zh: '没有金额' },
    cost: { en: 'They count for nobody, and what they are worth is not known', zh: '未计入任何客户，价值未知' },
    next: { en: 'Enter the amounts in the CRM', zh: '请在 CRM 中补填金额' },
  },
  no_rate: {
    one: 'won deal is in a currency without a rate',
    other: 'won deals are in a currency without a rate',
    zh: ' 笔赢单的币种没有汇率',
    short: { en: 'No exchange rate', zh: '没有汇率' },
    cost: {
      en: 'They count for nobody, and currencies are never added together',
      zh: '未计入任何客户；不同币种不会相加',
    },
    next: {
      en: 'Add the rate in the CRM (in HubSpot: Settings → Account defaults → Currency)',
      zh: '请在 CRM 中添加汇率（HubSpot：设置 → 账户默认值 → 货币）',
    },
  },
  no_customer: {
    one: 'won deal has no customer',
    other: 'won deals have no customer',
    zh: ' 笔赢单没有关联客户',
    short: { en: 'No customer', zh: '没有客户' },
    cost: {
      en: 'They count for nobody: whoever bought looks less active than it is',
      zh: '未计入任何客户：购买者显得不如实际活跃',
    },
    next: { en: 'Associate each deal with its customer', zh: '请为每笔交易关联客户' },
  },
  no_close_date: {
    one: 'won deal has no close date',
    other: 'won deals have no close date',
    zh: ' 笔赢单没有成交日期',
    short: { en: 'No close date', zh: '没有成交日期' },
    cost: { en: 'They count for nobody: nobody knows when it was bought', zh: '未计入任何客户：不知道何时购买' },
    next: { en: 'Enter the close dates in the CRM', zh: '请在 CRM 中补填成交日期' },
  },
  after_as_of: {
    one: 'won deal closes in the future',
    other: 'won deals close in the future',
    zh: ' 笔赢单的成交日期在未来',
    short: { en: 'Closed in the future', zh: '成交日期在未来' },
    cost: { en: 'They count once their day has come', zh: '到期之后才会计入' },
    next: {
      en: 'Correct the close dates, or the stage if the deal is still open',
      zh: '请更正成交日期；若交易仍未成交，请更正阶段',
    },
  },
  before_1990: {
    one: 'won deal closed before 1990',
    other: 'won deals closed before 1990',
    zh: ' 笔赢单的成交日期早于 1990 年',
    short: { en: 'Closed before 1990', zh: '成交早于 1990 年' },
    cost: {
      en: 'They count, and make their customers look decades old and long silent',
      zh: '已计入，但会使客户显得年代久远、长期沉默',
    },
    next: { en: 'Correct the close dates: such dates come from imports', zh: '请更正成交日期：此类日期多来自导入' },
  },
  negative: {
    one: 'won deal has a negative amount',
    other: 'won deals have a negative amount',
    zh: ' 笔赢单金额为负',
    short: { en: 'Negative amounts', zh: '负金额' },
    cost: {
      en: 'They count as refunds: money is taken off on their own day, and no order is counted',
      zh: '按退款处理：在其日期扣减金额，不计为购买',
    },
    next: { en: 'Check that each is a credit note and no typing error', zh: '请确认每笔都是退款而非录入错误' },
  },
  zero_amount: {
    one: 'won deal has an amount of zero',
    other: 'won deals have an amount of zero',
    zh: ' 笔赢单金额为零',
    short: { en: 'Zero amounts', zh: '零金额' },
    cost: { en: 'A day without money is no purchase', zh: '没有金额的日期不算购买' },
    next: { en: 'Enter the amount, unless it was a gift', zh: '除非是赠品，否则请补填金额' },
  },
  several_customers: {
    one: 'won deal names several customers and no single primary one',
    other: 'won deals name several customers and no single primary one',
    zh: ' 笔赢单关联多个客户且没有唯一主客户',
    short: { en: 'Several customers', zh: '多个客户' },
    cost: { en: 'They count for the oldest of them, which may be the wrong one', zh: '计入最早创建的客户，可能有误' },
    next: { en: 'Mark the primary customer of each deal', zh: '请为每笔交易标记主客户' },
  },
  same_company: {
    one: 'company looks like a second record of another (same domain, near name)',
    other: 'companies look like second records of others (same domain, near name)',
    zh: ' 家公司疑似重复记录（域名相同、名称相近）',
    short: { en: 'Doubled companies', zh: '重复公司' },
    cost: { en: 'What one customer bought is split over two records', zh: '同一客户的购买分散在两条记录中' },
    next: { en: 'Merge them in the CRM; Kith merges nothing by itself', zh: '请在 CRM 中合并；Kith 不会自行合并' },
  },
  same_email: {
    one: 'contact has the e-mail of another',
    other: 'contacts have the e-mail of another',
    zh: ' 位联系人与他人邮箱相同',
    short: { en: 'Same e-mail', zh: '邮箱相同' },
    cost: { en: 'One person is counted, and written to, twice', zh: '同一人被重复计数、重复联系' },
    next: { en: 'Merge them in the CRM; Kith merges nothing by itself', zh: '请在 CRM 中合并；Kith 不会自行合并' },
  },
  same_phone: {
    one: 'contact has the phone number of another, under a different e-mail',
    other: 'contacts have the phone number of another, under a different e-mail',
    zh: ' 位联系人与他人电话相同但邮箱不同',
    short: { en: 'Same phone', zh: '电话相同' },
    cost: {
      en: 'They may be one person with two addresses, or two people of one switchboard',
      zh: '可能是同一人使用两个邮箱，也可能共用总机',
    },
    next: { en: 'Look at each pair, and merge those that are one person', zh: '请逐一核对，并合并属于同一人的记录' },
  },
  orphan_items: {
    one: 'line item belongs to no deal',
    other: 'line items belong to no deal',
    zh: ' 条明细不属于任何交易',
    short: { en: 'Orphan line items', zh: '孤立明细' },
    cost: { en: 'Their products are in nobody’s basket', zh: '其产品未计入任何购物篮' },
    next: { en: 'Associate them with their deals, or delete them', zh: '请关联到对应交易，或将其删除' },
  },
  backward_tickets: {
    one: 'ticket closed before it was opened',
    other: 'tickets closed before they were opened',
    zh: ' 个工单的关闭时间早于创建时间',
    short: { en: 'Backward tickets', zh: '时间颠倒的工单' },
    cost: { en: 'How long customers waited cannot be told', zh: '无法得知客户等待时长' },
    next: { en: 'Correct the dates in the CRM', zh: '请在 CRM 中更正日期' },
  },
  quarantined: {
    one: 'record could not be read',
    other: 'records could not be read',
    zh: ' 条记录无法读取',
    short: { en: 'Unreadable', zh: '无法读取' },
    cost: { en: 'They are left out of everything until they can be read', zh: '在可读取之前不会计入任何结果' },
    next: {
      en: '`kith sync --report` lists each with its place and reason',
      zh: '用 `kith sync --report` 查看每条记录的位置与原因',
    },
  },
};

export const OBJECT_NAMES: Readonly<Record<string, Text>> = {
  ...RECORD_NAMES,
  deals: { en: 'won deals', zh: '赢单' },
};

/** A field, and what cannot be done without it. */
export const FIELD_TEXTS: Readonly<Record<string, { readonly name: Text; readonly cost: Text }>> = {
  'companies.name': {
    name: { en: 'name', zh: '名称' },
    cost: { en: 'shown by its domain or id', zh: '以域名或编号显示' },
  },
  'companies.domain': { name: { en: 'domain', zh: '域名' }, cost: { en: 'duplicates go unseen', zh: '无法发现重复' } },
  'companies.industry': { name: { en: 'industry', zh: '行业' }, cost: { en: 'in no industry', zh: '无法按行业归类' } },
  'companies.country': { name: { en: 'country', zh: '国家' }, cost: { en: 'in no country', zh: '无法按国家归类' } },
  'companies.employees': { name: { en: 'employees', zh: '员工数' }, cost: { en: 'size unknown', zh: '规模未知' } },
  'companies.owner': {
    name: { en: 'owner', zh: '负责人' },
    cost: { en: 'nobody is told when it goes quiet', zh: '沉默时无人收到提醒' },
  },
  'contacts.email': {
    name: { en: 'e-mail', zh: '邮箱' },
    cost: { en: 'cannot be written to; duplicates go unseen', zh: '无法发送邮件；无法发现重复' },
  },
  'contacts.phone': { name: { en: 'phone', zh: '电话' }, cost: { en: 'cannot be called', zh: '无法致电' } },
  'contacts.country': { name: { en: 'country', zh: '国家' }, cost: { en: 'in no country', zh: '无法按国家归类' } },
  'contacts.owner': {
    name: { en: 'owner', zh: '负责人' },
    cost: { en: 'nobody is told when they go quiet', zh: '沉默时无人收到提醒' },
  },
  'deals.currency': {
    name: { en: 'currency', zh: '币种' },
    cost: { en: 'taken for the portal’s own currency', zh: '按账户本币处理' },
  },
  'deals.owner': { name: { en: 'owner', zh: '负责人' }, cost: { en: 'no seller is known', zh: '销售人员未知' } },
  'line_items.product': { name: { en: 'product', zh: '产品' }, cost: { en: 'in no basket', zh: '不计入购物篮' } },
  'line_items.amount': { name: { en: 'amount', zh: '金额' }, cost: { en: 'its share is unknown', zh: '占比未知' } },
  'tickets.priority': {
    name: { en: 'priority', zh: '优先级' },
    cost: { en: 'never counted as urgent', zh: '不会计为紧急' },
  },
  'tickets.satisfaction': {
    name: { en: 'satisfaction (closed tickets)', zh: '满意度（已关闭工单）' },
    cost: { en: 'filled with the median, and flagged', zh: '以中位数填补并标记' },
  },
  'products.price': { name: { en: 'price', zh: '价格' }, cost: { en: 'not compared by price', zh: '无法按价格比较' } },
};

export const FEATURE_NAMES: Readonly<Record<SegmentFeature, Text>> = {
  recency: { en: 'Days since the last purchase', zh: '距最近购买天数' },
  frequency: { en: 'Purchases', zh: '购买次数' },
  value: { en: 'Value so far', zh: '累计价值' },
  regularity: { en: 'Regularity (1 is a clockwork)', zh: '购买规律性（1 为完全规律）' },
  breadth: { en: 'Products', zh: '产品种类' },
  tickets: { en: 'Tickets in a year', zh: '一年内工单数' },
  engagement: { en: 'Engagements in a year', zh: '一年内互动数' },
};

export const IMPUTED_NAMES: Readonly<Record<(typeof IMPUTED)[number], Text>> = {
  'own-gap': { en: 'Usual days between purchases (needs two purchases)', zh: '通常购买间隔天数（需两次购买）' },
  regularity: { en: 'Regularity (needs three purchases)', zh: '购买规律性（需三次购买）' },
  satisfaction: { en: 'Satisfaction (needs an answered survey)', zh: '满意度（需有评价）' },
};

/** Whether a finding's money is not where it should be, and so stands in the picture; refunds are where they should be. */
export function isMisplaced({ kind, money }: HealthSummary['findings'][number]): boolean {
  return kind !== 'negative' && money !== null && Number(money) !== 0;
}
