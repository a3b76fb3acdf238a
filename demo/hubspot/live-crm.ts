import { Decimal } from 'decimal.js';
import { CRM_OBJECT_TYPES, type CrmObjectType, type PortalData, type PortalStage } from '../portal/portal-data.ts';
import { LiveLinks } from './live-links.ts';
import { LiveObject, type RecordState, type ValueSource } from './live-object.ts';

/** Something that happened to a record, as the CRM's own events would tell it. */
export interface LiveChange {
  readonly kind:
    | 'creation'
    | 'propertyChange'
    | 'deletion'
    | 'restore'
    | 'privacyDeletion'
    | 'merge'
    | 'associationChange';
  readonly type: CrmObjectType;
  readonly id: string;
  readonly property?: string;
  readonly value?: string;
  readonly source?: ValueSource;
  readonly merged?: readonly string[];
  readonly other?: { readonly type: CrmObjectType; readonly id: string; readonly isRemoved: boolean };
}

const PERSON: ValueSource = { type: 'CRM_UI', id: 'userId:1' };

/** A portal that is served: what the HTTP paths read and write, and what a test or a page looks at and changes by hand. */
export class LiveCrm {
  readonly portal: PortalData;
  readonly links: LiveLinks;
  readonly now: () => number;
  /** Told of every change, after it was made. */
  onChange: (change: LiveChange) => void = () => undefined;
  readonly #objects = new Map<CrmObjectType, LiveObject>();
  readonly #stages = new Map<string, PortalStage>();
  readonly #rates = new Map<string, string | null>();

  constructor(portal: PortalData, now: () => number) {
    this.portal = portal;
    this.now = now;
    for (const stage of portal.stages) {
      if (stage.object === 'deals') this.#stages.set(`${stage.pipelineId}/${stage.stageId}`, stage);
    }
    for (const { code, rate } of portal.account.currencies) this.#rates.set(code, rate);
    for (const type of CRM_OBJECT_TYPES) {
      this.#objects.set(type, new LiveObject(type, portal, (object, property) => this.#derived(object, property)));
    }
    this.links = new LiveLinks(portal, (type) => this.object(type).rows);
  }

  object(type: CrmObjectType): LiveObject {
    return this.#objects.get(type)!;
  }

  /** All properties of a record, as a person sees them; null when there is no such record. */
  properties(type: CrmObjectType, id: string): Record<string, string | null> | null {
    const object = this.object(type);
    const row = object.rowOf(id);
    if (row < 0 || object.state(row) === 'gone') return null;
    return Object.fromEntries([...object.catalogue.properties.keys()].map((name) => [name, object.value(row, name)]));
  }

  state(type: CrmObjectType, id: string): RecordState {
    const object = this.object(type);
    const row = object.rowOf(id);
    return row < 0 ? 'gone' : object.state(row);
  }

  ids(type: CrmObjectType): string[] {
    const object = this.object(type);
    const ids: string[] = [];
    for (let row = 0; row < object.rows; row++) if (object.state(row) === 'live') ids.push(object.idAt(row));
    return ids;
  }

  /** A change that a person makes in the CRM. `stamps: false` is one that leaves the modified date alone. */
  edit(
    type: CrmObjectType,
    id: string,
    values: Readonly<Record<string, string>>,
    options?: { stamps?: boolean },
  ): void {
    this.write(type, this.#row(type, id), values, PERSON, options?.stamps ?? true);
  }

  create(type: CrmObjectType, values: Readonly<Record<string, string>>): string {
    const object = this.object(type);
    const id = object.idAt(object.create(values, this.now(), PERSON));
    this.onChange({ kind: 'creation', type, id });
    return id;
  }

  archive(type: CrmObjectType, id: string): void {
    this.object(type).archive(this.#row(type, id), this.now());
    this.onChange({ kind: 'deletion', type, id });
  }

  restore(type: CrmObjectType, id: string): void {
    this.object(type).restore(this.#row(type, id));
    this.onChange({ kind: 'restore', type, id });
  }

  purge(type: CrmObjectType, id: string): void {
    this.object(type).purge(this.#row(type, id));
    this.onChange({ kind: type === 'contacts' ? 'privacyDeletion' : 'deletion', type, id });
  }

  link(fromType: CrmObjectType, fromId: string, toType: CrmObjectType, toId: string, isPrimary = false): void {
    this.links.link(fromType, this.#row(fromType, fromId), toType, this.#row(toType, toId), isPrimary);
    const other = { type: toType, id: toId, isRemoved: false };
    this.onChange({ kind: 'associationChange', type: fromType, id: fromId, other });
  }

  unlink(fromType: CrmObjectType, fromId: string, toType: CrmObjectType, toId: string): void {
    this.links.unlink(fromType, this.#row(fromType, fromId), toType, this.#row(toType, toId));
    const other = { type: toType, id: toId, isRemoved: true };
    this.onChange({ kind: 'associationChange', type: fromType, id: fromId, other });
  }

  write(
    type: CrmObjectType,
    row: number,
    values: Readonly<Record<string, string>>,
    source: ValueSource,
    stamps = true,
  ): void {
    const object = this.object(type);
    object.set(row, values, this.now(), source, stamps);
    for (const [property, value] of Object.entries(values)) {
      this.onChange({ kind: 'propertyChange', type, id: object.idAt(row), property, value, source });
    }
    if (type === 'deals' && ('amount' in values || 'deal_currency_code' in values)) {
      const amount = this.#homeAmount(object, row) ?? '';
      object.set(
        row,
        { amount_in_home_currency: amount },
        this.now(),
        { type: 'INTEGRATION', id: 'calculated' },
        false,
      );
    }
  }

  /**
   * Merges two records. HubSpot makes a third that both ids resolve to; in its newer mode the primary keeps its id. The
   * primary's values and its primary company win, the other's fill what it lacks, and all associations go along.
   */
  merge(type: CrmObjectType, primaryId: string, otherId: string, keepsPrimary: boolean): string {
    const object = this.object(type);
    const primary = this.#row(type, primaryId);
    const other = this.#row(type, otherId);
    const names = [...object.catalogue.properties.values()]
      .filter((p) => !p.calculated && !p.readOnly)
      .map((p) => p.name);
    const values: Record<string, string> = {};
    for (const name of names) {
      const value = object.value(primary, name) ?? object.value(other, name);
      if (value !== null) values[name] = value;
    }
    const before = object.value(primary, 'hs_merged_object_ids');
    values.hs_merged_object_ids = [before, ...(keepsPrimary ? [otherId] : [primaryId, otherId])]
      .filter((id) => id !== null)
      .join(';');
    const source: ValueSource = { type: 'MERGE_OBJECTS', id: '' };
    let target = primary;
    if (keepsPrimary) object.set(primary, values, this.now(), source);
    else target = object.create(values, this.now(), source);
    for (const toType of CRM_OBJECT_TYPES) {
      for (const from of keepsPrimary ? [other] : [primary, other]) {
        for (const link of this.links.of(type, from, toType)) {
          const held = this.links.of(type, target, toType);
          const isFree = type === 'companies' || !held.some(({ isPrimary }) => isPrimary);
          const isPrimary = held.some(({ row, isPrimary }) => row === link.row && isPrimary);
          this.links.unlink(type, from, toType, link.row);
          this.links.link(type, target, toType, link.row, isPrimary || (link.isPrimary && isFree));
        }
      }
    }
    const id = object.idAt(target);
    object.mergeInto(other, id);
    if (!keepsPrimary) object.mergeInto(primary, id);
    const merged = keepsPrimary ? [otherId] : [primaryId, otherId];
    this.onChange({ kind: 'merge', type, id, merged });
    return id;
  }

  #row(type: CrmObjectType, id: string): number {
    const row = this.object(type).rowOf(id);
    if (row < 0) throw new RangeError(`The stand-in CRM has no ${type} ${id}`);
    return row;
  }

  /** What the CRM works out by itself where nothing is stored. */
  #derived(object: LiveObject, property: string): ((row: number) => string | null) | null {
    if (object.type === 'contacts' && property === 'associatedcompanyid') {
      return (row) => {
        const primary = this.links.of('contacts', row, 'companies').find((link) => link.isPrimary);
        return primary === undefined ? null : this.object('companies').idAt(primary.row);
      };
    }
    if (object.type === 'companies' && property === 'num_associated_deals') {
      return (row) => String(this.links.of('companies', row, 'deals').length);
    }
    if (object.type !== 'deals') return null;
    if (property === 'amount_in_home_currency') return (row) => this.#homeAmount(object, row);
    if (property === 'hs_exchange_rate') return (row) => this.#rate(object, row);
    if (!['hs_is_closed', 'hs_is_closed_won', 'hs_deal_stage_probability'].includes(property)) return null;
    const pipelineOf = object.reader('pipeline')!;
    const stageOf = object.reader('dealstage')!;
    return (row) => {
      const stage = this.#stages.get(`${pipelineOf(row)}/${stageOf(row)}`);
      if (stage === undefined) return null;
      if (property === 'hs_deal_stage_probability') return stage.probability;
      if (property === 'hs_is_closed') return String(stage.isClosed);
      return String(stage.isClosed && Number(stage.probability) === 1);
    };
  }

  #rate(object: LiveObject, row: number): string | null {
    const currency = object.value(row, 'deal_currency_code');
    if (currency === null || currency === this.portal.account.companyCurrency) return '1.0';
    return this.#rates.get(currency) ?? null;
  }

  #homeAmount(object: LiveObject, row: number): string | null {
    const amount = object.value(row, 'amount');
    const rate = object.value(row, 'hs_exchange_rate');
    if (amount === null || rate === null) return null;
    // Most deals are in the home currency: their amount is taken as it is written.
    return Number(rate) === 1 ? amount : new Decimal(amount).times(rate).toDecimalPlaces(2).toString();
  }
}
