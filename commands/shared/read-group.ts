import type { PrivacyReader } from '../../src/privacy/privacy-reader.ts';
import type { CommandContext } from '../context.ts';
import { myCustomers } from './my-customers.ts';
import { ownersNamed } from './owners-named.ts';
import { type NamedSegment, readSegments } from './read-segments.ts';

export type RowQuery = NonNullable<Parameters<PrivacyReader['rows']>[2]>;

/** Customers as a group, and how it is called in an answer. */
export interface Group {
  readonly query: RowQuery;
  /** '' for everybody. */
  readonly filter: string;
}

/** Whom a text means: everybody (''), the asker's own customers, a segment or owners' customers; null for anything else. */
export async function readGroup(context: CommandContext, wanted: string): Promise<Group | null> {
  if (wanted === '') return { query: {}, filter: '' };
  const mine = myCustomers(context, wanted);
  if (mine !== null) return { query: { ownerIds: mine.ownerIds }, filter: mine.name };
  const segments = await readSegments(context);
  const segment = segments.find(({ names }) => names.some((name) => name.toLowerCase() === wanted.toLowerCase()));
  if (segment !== undefined) return membersOf(segment);
  const owners = await ownersNamed(context, wanted);
  return owners === null ? null : { query: { ownerIds: owners.ownerIds }, filter: owners.name };
}

function membersOf({ label, shown }: NamedSegment): Group {
  return { query: { member: { analysis: 'segments', label } }, filter: shown };
}
