import type { Engagement } from '../../src/domain/crm.ts';
import { baseOf, instantOrNull, reading, UnreadableProperty } from './property-reading.ts';
import type { HubspotRecord } from './schemas.ts';

/** The objects of HubSpot that are engagements; each has its own properties. */
export const ENGAGEMENT_OBJECTS = ['calls', 'meetings', 'emails', 'feedback_submissions'] as const;
export type EngagementObject = (typeof ENGAGEMENT_OBJECTS)[number];

const ENGAGEMENTS: {
  readonly [E in EngagementObject]: {
    readonly type: Engagement['type'];
    readonly at: readonly string[];
    readonly direction: string;
    readonly outcome: readonly string[];
    readonly score: string;
  };
} = {
  calls: {
    type: 'call',
    at: ['hs_timestamp'],
    direction: 'hs_call_direction',
    outcome: ['hs_call_status', 'hs_call_disposition'],
    score: '',
  },
  meetings: {
    type: 'meeting',
    at: ['hs_timestamp', 'hs_meeting_start_time'],
    direction: '',
    outcome: ['hs_meeting_outcome'],
    score: '',
  },
  emails: {
    type: 'email',
    at: ['hs_timestamp'],
    direction: 'hs_email_direction',
    outcome: ['hs_email_status'],
    score: '',
  },
  feedback_submissions: {
    type: 'feedback',
    at: ['hs_submission_timestamp', 'hs_createdate'],
    direction: '',
    outcome: ['hs_sentiment', 'hs_response_group'],
    score: 'hs_value',
  },
};

export function engagementProperties(object: EngagementObject): readonly string[] {
  const { at, direction, outcome, score } = ENGAGEMENTS[object];
  return [...at, direction, ...outcome, score].filter((name) => name !== '');
}

/**
 * Ids of the four objects may coincide, so an engagement's own id is `<object>/<id>`. Throws UnreadableProperty when
 * nothing says when it was: an engagement without an instant is no event.
 */
export function engagementOf(object: EngagementObject, raw: HubspotRecord): Engagement {
  const values = reading(raw.properties);
  const shape = ENGAGEMENTS[object];
  const first = <V>(names: readonly string[], get: (name: string) => V | null): V | null => {
    for (const name of names) {
      const value = get(name);
      if (value !== null && value !== '') {
        return value;
      }
    }
    return null;
  };
  const at = first(shape.at, values.instant);
  if (at === null) {
    throw new UnreadableProperty(`${shape.at[0]} is empty`);
  }
  return {
    ...baseOf(raw),
    id: `${object}/${raw.id}`,
    createdAt: instantOrNull(raw.createdAt) ?? at,
    type: shape.type,
    at,
    direction: values.text(shape.direction),
    outcome: first(shape.outcome, values.text) ?? '',
    score: shape.score === '' ? null : values.number(shape.score),
  };
}
