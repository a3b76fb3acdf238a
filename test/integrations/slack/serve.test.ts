import { expect, it } from 'vitest';
import { createServing } from '../../../integrations/slack/serve.ts';
import { KithError } from '../../../src/lib/errors.ts';

it('logs as errors what is a fault of Kith’s, and not what was asked wrongly or on top of too much', () => {
  const logged: string[] = [];
  const at = (level: string) => (message: string) => void logged.push(`${level}: ${message}`);
  const logger = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
  // A sentence is made of the error and the logger alone.
  const { sentenceOf } = createServing({ logger } as unknown as Parameters<typeof createServing>[0]);
  const request = { id: 'r1', userLanguage: 'en' } as const;
  expect(sentenceOf(new KithError('usage', 'There is no such option'), request)).toContain('no such option');
  expect(sentenceOf(new KithError('job-busy', 'Wait until one is answered'), request)).toContain('Wait until');
  sentenceOf(new KithError('store-memory', 'The store has too little memory'), request);
  sentenceOf(new Error('unforeseen'), request);
  expect(logged).toEqual([
    'info: a request was refused',
    'info: a request was refused',
    'error: a request failed',
    'error: a request failed',
  ]);
});
