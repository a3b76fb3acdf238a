import { describe, expect, it } from 'vitest';
import { type MessageBody, sendDownTheLadder } from '../../../integrations/slack/send-down-the-ladder.ts';
import type { Logger } from '../../../src/lib/logger.ts';
import { REPORT } from './with-stand-in.ts';

const [chart] = REPORT.parts.flatMap((part) => (part.kind === 'chart' ? [part.chart] : []));

describe('sendDownTheLadder', () => {
  it('never sends blocks that break a limit: it goes a rung down, logs why, and says so', async () => {
    const errors: unknown[] = [];
    const logger: Logger = { debug() {}, info() {}, warn() {}, error: (_message, fields) => void errors.push(fields) };
    const bodies: MessageBody[] = [];
    const pictures = new Map(chart === undefined ? [] : [[chart, '']]);
    const { reduced } = await sendDownTheLadder(
      REPORT,
      { rung: 'picture', pictures, logger },
      async (body) => void bodies.push(body),
      () => false,
    );
    expect(errors).toEqual([{ problems: ['block 2 (image): slack_file of 0 characters, 1 to 255'] }]);
    expect(bodies).toHaveLength(1);
    expect(bodies[0]?.blocks?.map((block) => block.type)).toContain('data_visualization');
    expect(JSON.stringify(bodies[0]?.blocks)).toContain('simpler form');
    expect(reduced).toHaveLength(1);
  });

  it('sends the text alone when everything else is refused, and passes any other failure on', async () => {
    const logger: Logger = { debug() {}, info() {}, warn() {}, error() {} };
    const bodies: MessageBody[] = [];
    await sendDownTheLadder(
      REPORT,
      { rung: 'native', logger },
      async (body) => {
        bodies.push(body);
        if (body.blocks !== undefined) throw new Error('blocks');
      },
      () => true,
    );
    expect(bodies.map((body) => body.blocks === undefined)).toEqual([false, false, true]);
    expect(bodies[2]?.text).toContain('38 customers at risk, £182k');
    const other = sendDownTheLadder(
      REPORT,
      { rung: 'native', logger },
      async () => {
        throw new Error('gone');
      },
      () => false,
    );
    await expect(other).rejects.toThrow('gone');
  });
});
