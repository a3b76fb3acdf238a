import type { Fault } from './stand-in-types.ts';

/** Trouble that tests ask for, used up in the order in which it was asked. */
export interface Faults {
  set(fault: Fault): void;
  /** The next fault for this Web API method, if any. */
  forCall(method: string): Extract<Fault, { method: string }> | null;
  /** Whether the next delivery suffers from it. */
  forDelivery(kind: 'duplicate-delivery' | 'late-acknowledgement'): boolean;
  /** Whether the next file never becomes ready. */
  forFile(): boolean;
}

export function createFaults(): Faults {
  const plan: { fault: Fault; left: number }[] = [];
  const use = (matches: (fault: Fault) => boolean): Fault | null => {
    const entry = plan.find((candidate) => candidate.left > 0 && matches(candidate.fault));
    if (entry === undefined) return null;
    entry.left -= 1;
    return entry.fault;
  };
  return {
    set: (fault) => {
      plan.push({ fault, left: fault.times ?? 1 });
    },
    forCall(method) {
      const fault = use((candidate) => 'method' in candidate && candidate.method === method);
      return fault !== null && 'method' in fault ? fault : null;
    },
    forDelivery: (kind) => use((fault) => fault.kind === kind) !== null,
    forFile: () => use((fault) => fault.kind === 'file-never-ready') !== null,
  };
}
