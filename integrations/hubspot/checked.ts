import type { z } from 'zod';
import { KithError } from '../../src/lib/errors.ts';
import { notedCorrelation } from './errors.ts';

/** An answer that is what the schema says, or KithError('crm-answer') that names the call and what is wrong. */
export function checked<Schema extends z.ZodType>(schema: Schema, answer: unknown, path: string): z.output<Schema> {
  const result = schema.safeParse(answer);
  if (!result.success) {
    const correlationId = notedCorrelation(answer);
    const trail = correlationId === '' ? '' : ` [correlation id ${correlationId}]`;
    throw new KithError('crm-answer', {
      en: `HubSpot's answer to ${path} is not as its API describes: ${firstProblem(result.error)}${trail}`,
      zh: `HubSpot 对 ${path} 的回答与其 API 说明不符：${firstProblem(result.error)}${trail}`,
    });
  }
  return result.data;
}

/** Where and what, without the values: they may be a person's. */
export function firstProblem(error: z.ZodError): string {
  const issue = error.issues[0];
  return issue === undefined ? 'it is not readable' : `${issue.path.join('.') || 'the answer'}: ${issue.message}`;
}
