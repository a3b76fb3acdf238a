import type { Department } from '../domain/people.ts';
import type { Text } from '../lib/text.ts';

export const DEPARTMENT_NAMES: Readonly<Record<Department, Text>> = {
  marketing: { en: 'marketing', zh: '市场部' },
  sales: { en: 'sales', zh: '销售部' },
  service: { en: 'service', zh: '客服部' },
  finance: { en: 'finance', zh: '财务部' },
};
