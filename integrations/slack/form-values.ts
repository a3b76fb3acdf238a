import type { FormValues } from '../../src/report/form.ts';
import { fieldOf } from './modals.ts';

/** As Slack tells what stands in a modal; of an element, only the field of its own kind is there. */
export interface ViewState {
  readonly values: Readonly<Record<string, Readonly<Record<string, StateEntry>>>>;
}

export interface StateEntry {
  readonly value?: string | null;
  readonly selected_option?: { readonly value: string } | null;
  readonly selected_conversation?: string | null;
  readonly selected_user?: string | null;
  readonly selected_date?: string | null;
  readonly selected_time?: string | null;
}

/** What a person entered, by the fields' names; null where nothing was. */
export function formValues(state: ViewState): FormValues {
  const entered: Record<string, string | null> = Object.create(null);
  for (const [blockId, elements] of Object.entries(state.values)) {
    const name = fieldOf(blockId);
    const entry = Object.values(elements)[0];
    if (name === null || entry === undefined) continue;
    const value =
      entry.value ??
      entry.selected_option?.value ??
      entry.selected_conversation ??
      entry.selected_user ??
      entry.selected_date ??
      entry.selected_time ??
      null;
    entered[name] = value === null || value.trim() === '' ? null : value;
  }
  return entered;
}
