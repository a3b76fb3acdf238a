import type { ObjectType } from '../domain/crm.ts';
import type { Text } from '../lib/text.ts';

/** Kinds of records, as people read of them. */
export const RECORD_NAMES: Readonly<Record<ObjectType, Text>> = {
  owners: { en: 'owners', zh: '负责人' },
  pipelines: { en: 'pipeline stages', zh: '管道阶段' },
  companies: { en: 'companies', zh: '公司' },
  contacts: { en: 'contacts', zh: '联系人' },
  products: { en: 'products', zh: '产品' },
  deals: { en: 'deals', zh: '交易' },
  line_items: { en: 'line items', zh: '交易明细' },
  tickets: { en: 'tickets', zh: '工单' },
  engagements: { en: 'engagements', zh: '互动' },
};
