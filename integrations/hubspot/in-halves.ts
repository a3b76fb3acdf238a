import { messageOf } from '../../src/lib/errors.ts';
import { isRefusal } from './governor.ts';

/**
 * Runs a batch call. One input that HubSpot cannot stand makes it refuse all of them, and a batch may be too much for its time
 * (524): such a batch is halved until the culprit stands alone, which is handed to `onRefused` with the reason. `isOther` names
 * further errors that may be one input's doing.
 */
export async function inHalves<Input>(
  inputs: readonly Input[],
  run: (inputs: readonly Input[], isShrinkable: boolean) => Promise<void>,
  onRefused: (input: Input, reason: string, error: unknown) => void,
  isOther: (error: unknown) => boolean = () => false,
): Promise<void> {
  const [first] = inputs;
  if (first === undefined) {
    return;
  }
  try {
    await run(inputs, inputs.length > 1);
  } catch (error) {
    if (!isRefusal(error, 400, 404, 409, 413, 422, 524) && !isOther(error)) {
      throw error;
    }
    if (inputs.length === 1) {
      onRefused(first, messageOf(error), error);
      return;
    }
    const half = Math.ceil(inputs.length / 2);
    await inHalves(inputs.slice(0, half), run, onRefused, isOther);
    await inHalves(inputs.slice(half), run, onRefused, isOther);
  }
}
