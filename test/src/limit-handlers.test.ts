import { expect, it } from 'vitest';
import { limitHandlers } from '../../src/limit-handlers.ts';
import type { ChatHandlers, ChatRequest } from '../../src/ports/chat.ts';

it('a fourth question of one person at once is refused in every language; others are answered, and so are they afterwards', async () => {
  const waiting: (() => void)[] = [];
  const handlers = limitHandlers({
    answer: () => new Promise((resolve) => waiting.push(() => resolve({} as never))),
  } as unknown as ChatHandlers); // only what the test asks
  const from = (userId: string) =>
    handlers.answer({ id: `r-${userId}`, userId } as ChatRequest & { command: string; text: string });
  const first = [from('U1'), from('U1'), from('U1')];
  await expect(from('U1')).rejects.toMatchObject({
    code: 'job-busy',
    message: expect.stringMatching(/last 3 questions/),
    text: { zh: expect.stringContaining('3 个问题') },
  });
  const other = from('U2');
  for (const answer of waiting.splice(0)) answer();
  await Promise.all([...first, other]);
  const again = from('U1');
  for (const answer of waiting.splice(0)) answer();
  await again;
});
