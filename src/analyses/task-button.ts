import { z } from 'zod';
import { type Language, say } from '../lib/text.ts';
import type { ReportAction } from '../report/report.ts';

/** Which analysis' advice about which customer and product a task is for. */
export interface TaskSubject {
  readonly analysis: 'basket' | 'sequences' | 'recommend';
  readonly customerId: string;
  readonly productId: string;
}

const subjectSchema = z.tuple([z.enum(['basket', 'sequences', 'recommend']), z.string().min(1), z.string().min(1)]);
/** What a chat's buttons carry at most is 2,000 characters. */
const LONGEST = 1_900;

/** The button that puts a task for the customer's owner on its record; none where its value would not fit. */
export function taskButton(language: Language, { analysis, customerId, productId }: TaskSubject): ReportAction[] {
  const value = JSON.stringify([analysis, customerId, productId]);
  if (value.length > LONGEST) return [];
  return [{ action: 'create-task', label: say(language, { en: 'Create task', zh: '创建任务' }), value }];
}

/** Null for any other text. */
export function readTaskValue(value: string): TaskSubject | null {
  try {
    const [analysis, customerId, productId] = subjectSchema.parse(JSON.parse(value));
    return { analysis, customerId, productId };
  } catch {
    return null;
  }
}
