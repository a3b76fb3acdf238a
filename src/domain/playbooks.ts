import type { CustomerUnit, Instant } from './crm.ts';

/** `value:low`, `tier:Gold`, `segment:<id>`. */
export type PlaybookTarget = string;

export interface PlaybookOwner {
  /** An owner of the CRM's, or a user of the chat's. */
  readonly kind: 'crm' | 'chat';
  readonly id: string;
}

/** One text for everybody, or one a language. */
export interface PlaybookText {
  readonly en: string;
  readonly zh: string;
}

/** What is to be done with the customers of a target, by whom, by when, and how many are left out to compare with. */
export interface Playbook {
  readonly text: PlaybookText;
  readonly owner: PlaybookOwner | null;
  readonly dueDays: number;
  /** 0 to 0.5 of the customers. */
  readonly holdOut: number;
}

/** A playbook that was carried out once. */
export interface PlaybookRun {
  readonly id: string;
  readonly target: PlaybookTarget;
  /** The target as it was called then. */
  readonly name: PlaybookText;
  readonly text: PlaybookText;
  readonly owner: PlaybookOwner | null;
  readonly holdOut: number;
  readonly unit: CustomerUnit;
  readonly startedBy: string;
  readonly startedAt: Instant;
  readonly dueAt: Instant;
  /** Orders until then count. */
  readonly outcomeAt: Instant;
  readonly treated: number;
  readonly heldOut: number;
  readonly stoppedAt: Instant | null;
}

export type PlaybookArm = 'treated' | 'held-out';

export interface PlaybookAssignment {
  readonly customerId: string;
  readonly arm: PlaybookArm;
}
