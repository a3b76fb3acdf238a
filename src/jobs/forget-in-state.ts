import type { CustomerUnit } from '../domain/crm.ts';
import { when } from '../lib/errors.ts';
import type { PortalState } from '../state/portal-state.ts';
import type { PortalStore } from '../store/portal-store.ts';
import { type ForgottenPerson, namesOf, personMatcher } from './person-matcher.ts';

const NOBODY: Awaited<ReturnType<PortalStore['identity']['read']>> = new Map();

type UpdateState = (change: (current: PortalState) => PortalState) => Promise<PortalState>;

/** Who the contacts are; asked before they are erased, for nothing tells it afterwards. */
export async function personOf(
  portal: PortalStore,
  state: PortalState,
  contactIds: readonly string[],
): Promise<ForgottenPerson> {
  const merged = await portal.query<{ old_id: string }>(
    `SELECT DISTINCT old_id FROM {db:Identifier}.aliases FINAL WHERE object_type = 'contacts' ORDER BY old_id`,
  );
  const leadTo = await portal.crm.resolve(
    'contacts',
    merged.map(({ old_id }) => old_id),
  );
  const former = [...leadTo].filter(([, id]) => contactIds.includes(id)).map(([old]) => old);
  const ids = [...new Set([...contactIds, ...former])];
  // Without the key nobody can say what they are called, and they are forgotten all the same.
  const identities = await portal.identity.read(ids).catch(when('identity-key', () => NOBODY));
  const names = [...identities.values()].flatMap(namesOf);
  // A company may have the same number: where companies are the customers, the number is theirs.
  const companies =
    (await customerUnit(portal, state)) === 'contact'
      ? []
      : await portal.query<{ id: string }>(
          'SELECT id FROM {db:Identifier}.companies FINAL WHERE id IN {ids:Array(String)}',
          { ids },
        );
  const isCompany = new Set(companies.map(({ id }) => id));
  return { customerIds: ids.filter((id) => !isCompany.has(id)), names };
}

/** Takes a person out of what people decided; how many decisions went. */
export async function forgetInState(person: ForgottenPerson, updateState: UpdateState): Promise<number> {
  let changed = 0;
  // Decided on what is there when it is written: somebody may just have given them a tier.
  await updateState((current) => {
    const without = withoutPerson(current, person);
    changed = without.changed;
    return without.state;
  });
  if (changed === 0) return 0;
  // The copy beside the file is what was there before: the second writing takes the person out of that too.
  await updateState((current) => current);
  return changed;
}

/**
 * The tier that the person was given, and names of segments and texts of playbooks that say who they are: Kith's own stand
 * there again.
 */
export function withoutPerson(
  state: PortalState,
  { customerIds, names }: ForgottenPerson,
): { readonly state: PortalState; readonly changed: number } {
  const isTheirs = new Set(customerIds);
  const { isNamedIn: namesThem } = personMatcher({ customerIds, names });
  const tierOverrides = kept(state.tierOverrides, (id) => !isTheirs.has(id));
  const segmentNames = kept(state.segmentNames, (_id, name) => !namesThem(name));
  let texts = 0;
  const playbooks = Object.fromEntries(
    Object.entries(state.playbooks).map(([target, playbook]) => {
      const { text } = playbook;
      if (text === null || !(typeof text === 'string' ? [text] : [text.en, text.zh]).some(namesThem))
        return [target, playbook];
      texts++;
      return [target, { ...playbook, text: null }];
    }),
  );
  const gone = (before: object, after: object): number => Object.keys(before).length - Object.keys(after).length;
  const changed = gone(state.tierOverrides, tierOverrides) + gone(state.segmentNames, segmentNames) + texts;
  return { state: { ...state, tierOverrides, segmentNames, playbooks }, changed };
}

function kept<T>(entries: Readonly<Record<string, T>>, isKept: (key: string, value: T) => boolean): Record<string, T> {
  return Object.fromEntries(Object.entries(entries).filter(([key, value]) => isKept(key, value)));
}

/** What a customer is: as people set it, else as the newest run had it. */
export async function customerUnit(portal: PortalStore, { unit }: PortalState): Promise<CustomerUnit> {
  const [run] = await portal.results.runs(1);
  return unit ?? run?.portfolio.unit ?? 'company';
}
