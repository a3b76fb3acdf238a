import type { LiveCrm } from '../../demo/hubspot/live-crm.ts';
import type { CrmObjectType } from '../../demo/portal/portal-data.ts';
import { type Dice, HISTORY_TYPES, valuesOf } from './small-world.ts';

const MERGEABLE: readonly CrmObjectType[] = ['companies', 'contacts', 'deals', 'tickets'];
const LINKED: readonly (readonly [CrmObjectType, CrmObjectType])[] = [
  ['contacts', 'companies'],
  ['deals', 'companies'],
  ['deals', 'contacts'],
  ['line_items', 'deals'],
  ['tickets', 'companies'],
  ['tickets', 'contacts'],
  ['calls', 'companies'],
  ['calls', 'contacts'],
  ['emails', 'contacts'],
  ['meetings', 'companies'],
  ['feedback_submissions', 'contacts'],
];

type Act = (crm: LiveCrm, dice: Dice) => string | null;

/** What people do in a CRM, weighted by how often an act is named. Each says what it did, or null when it could not. */
const ACTS: readonly Act[] = [
  create,
  create,
  edit,
  edit,
  edit,
  manyAtOnce,
  archive,
  archive,
  editAndArchive,
  editAndArchive,
  restore,
  restore,
  restore,
  merge,
  merge,
  purge,
  link,
  link,
  unlink,
  unlink,
];

/** One change of the CRM; what it was, for the log of a failure. */
export function changeSomething(crm: LiveCrm, dice: Dice): string {
  for (;;) {
    const done = dice.pick(ACTS)(crm, dice);
    if (done !== null) return done;
  }
}

function someLive(crm: LiveCrm, type: CrmObjectType, dice: Dice): string | null {
  const ids = crm.ids(type);
  return ids.length === 0 ? null : dice.pick(ids);
}

function create(crm: LiveCrm, dice: Dice): string {
  const type = dice.pick(HISTORY_TYPES);
  const id = crm.create(type, valuesOf(type, dice));
  const pair = dice.pick(LINKED.filter(([from]) => from === type).concat([['deals', 'companies']]));
  const to = pair[0] === type ? someLive(crm, pair[1], dice) : null;
  if (to !== null) crm.link(type, id, pair[1], to, dice.chance(0.7));
  return `create ${type} ${id}${to === null ? '' : ` of ${pair[1]} ${to}`}`;
}

function edit(crm: LiveCrm, dice: Dice): string | null {
  const type = dice.pick(HISTORY_TYPES);
  const id = someLive(crm, type, dice);
  if (id === null) return null;
  crm.edit(type, id, valuesOf(type, dice));
  return `edit ${type} ${id}`;
}

/** An import or a workflow: more records in one millisecond than fit on some page. */
function manyAtOnce(crm: LiveCrm, dice: Dice): string {
  const type = dice.pick(HISTORY_TYPES);
  const count = 5 + dice.below(12);
  const ids = crm.ids(type).filter(() => dice.chance(0.7));
  for (const id of ids) crm.edit(type, id, valuesOf(type, dice));
  for (let n = 0; n < count; n++) crm.create(type, valuesOf(type, dice));
  return `edit ${ids.length} and create ${count} ${type} in one millisecond`;
}

/** An import of more records in one millisecond than search ever gives the results of. */
export function importThousands(crm: LiveCrm, dice: Dice): string {
  for (let n = 0; n < 10_050; n++) crm.create('products', valuesOf('products', dice));
  return 'create 10,050 products in one millisecond';
}

function archive(crm: LiveCrm, dice: Dice): string | null {
  const type = dice.pick(HISTORY_TYPES);
  const id = someLive(crm, type, dice);
  if (id === null) return null;
  crm.archive(type, id);
  return `archive ${type} ${id}`;
}

/** An edit that no search shows: the index is late, and has no archived records. */
function editAndArchive(crm: LiveCrm, dice: Dice): string | null {
  const type = dice.pick(HISTORY_TYPES);
  const id = someLive(crm, type, dice);
  if (id === null) return null;
  crm.edit(type, id, valuesOf(type, dice));
  crm.archive(type, id);
  return `edit and archive ${type} ${id}`;
}

function restore(crm: LiveCrm, dice: Dice): string | null {
  const type = dice.pick(HISTORY_TYPES);
  const object = crm.object(type);
  const rows = Array.from({ length: object.rows }, (_, row) => row).filter((row) => object.state(row) === 'archived');
  if (rows.length === 0) return null;
  const id = object.idAt(dice.pick(rows));
  crm.restore(type, id);
  return `restore ${type} ${id}`;
}

function merge(crm: LiveCrm, dice: Dice): string | null {
  const type = dice.pick(MERGEABLE);
  const primary = someLive(crm, type, dice);
  const other = someLive(crm, type, dice);
  if (primary === null || other === null || primary === other) return null;
  const keepsPrimary = dice.chance(0.5);
  return `merge ${type} ${primary} + ${other} = ${crm.merge(type, primary, other, keepsPrimary)}`;
}

function purge(crm: LiveCrm, dice: Dice): string | null {
  const type = dice.pick(HISTORY_TYPES);
  const id = someLive(crm, type, dice);
  if (id === null) return null;
  crm.purge(type, id);
  return `purge ${type} ${id}`;
}

/** Neither end's modified date moves. */
function link(crm: LiveCrm, dice: Dice): string | null {
  const [from, to] = dice.pick(LINKED);
  const fromId = someLive(crm, from, dice);
  const toId = someLive(crm, to, dice);
  if (fromId === null || toId === null) return null;
  crm.link(from, fromId, to, toId, dice.chance(0.5));
  return `link ${from} ${fromId} > ${to} ${toId}`;
}

function unlink(crm: LiveCrm, dice: Dice): string | null {
  const [from, to] = dice.pick(LINKED);
  const object = crm.object(from);
  const linked = crm.ids(from).filter((id) => crm.links.of(from, object.rowOf(id), to).length > 0);
  if (linked.length === 0) return null;
  const fromId = dice.pick(linked);
  const toId = crm.object(to).idAt(dice.pick(crm.links.of(from, object.rowOf(fromId), to)).row);
  crm.unlink(from, fromId, to, toId);
  return `unlink ${from} ${fromId} > ${to} ${toId}`;
}
