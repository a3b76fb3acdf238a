import { z } from 'zod';
import { DEPARTMENTS, ROLES } from '../domain/people.ts';
import { LANGUAGES } from '../lib/text.ts';
import { isTimeZone } from '../lib/time-zone.ts';

/** What Kith wrote itself is no evidence of anything. */
const OWN_PROPERTY = 'is a property that Kith writes itself';

/** A time of day, `HH:MM`. */
const TIME = /^(?:[01]\d|2[0-3]):[0-5]\d$/;

function isForeign(property: string): boolean {
  return !property.startsWith('kith_');
}

/** What is to be done with a group of customers, by whom and by when. */
export const playbookSettingsSchema = z.strictObject({
  /** One text for everybody or one a language; Kith's own when null. */
  text: z
    .union([z.string().min(1), z.strictObject({ en: z.string().min(1), zh: z.string().min(1) })])
    .nullable()
    .default(null),
  owner: z
    .strictObject({ kind: z.enum(['crm', 'chat']), id: z.string().min(1) })
    .nullable()
    .default(null),
  dueDays: z.number().int().min(1).max(365).default(14),
  /** The share of its customers that is left out, to compare with. */
  holdOut: z.number().min(0).max(0.5).default(0.2),
});
export type PlaybookSettings = z.infer<typeof playbookSettingsSchema>;

/** On which days a person gets their copy of a digest. */
export const SUBSCRIPTION_DAYS = [
  'daily',
  'weekdays',
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
] as const;
export type SubscriptionDays = (typeof SUBSCRIPTION_DAYS)[number];

const timeZone = z.string().refine(isTimeZone, 'is no time zone: write one such as Europe/Berlin');

/** One person's copy of a digest, as a direct message. */
export const subscriptionSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]{1,40}$/),
  /** The chat's user. */
  userId: z.string().min(1),
  digest: z.string().min(1),
  days: z.enum(SUBSCRIPTION_DAYS),
  /** `HH:MM` in `timeZone`. */
  time: z.string().regex(TIME),
  timeZone,
  language: z.enum(LANGUAGES),
  isPaused: z.boolean().default(false),
  /** CRM owners that the chat's e-mail of the person led to: it is not known when nobody asks. */
  ownerIds: z.array(z.string()).default([]),
  /** Since when it holds as it is; what was due before is not made up for. */
  since: z.number().default(0),
});
export type Subscription = z.infer<typeof subscriptionSchema>;

/**
 * What people decided about one portal. Everything has a default, so that an empty file is a working one, and everything is
 * small enough to read and edit by hand.
 */
export const portalStateSchema = z.strictObject({
  /** Chat channel ids of the departments. */
  channels: z.partialRecord(z.enum(DEPARTMENTS), z.string()).default({}),
  /** Where those who look after Kith hear of its troubles; a department's channel when null. */
  adminChannel: z.string().nullable().default(null),
  /** Where management gets its monthly report; nowhere when null. */
  managementChannel: z.string().nullable().default(null),
  /** Language of what is posted in channels. */
  language: z.enum(LANGUAGES).default('en'),
  /** Chat users who are more (or less) than the default role. */
  people: z
    .record(
      z.string(),
      z.strictObject({
        role: z.enum(ROLES).default('viewer'),
        department: z.enum(DEPARTMENTS).nullable().default(null),
        language: z.enum(LANGUAGES).nullable().default(null),
        /** CRM owners this person is; found by e-mail when empty. */
        ownerIds: z.array(z.string()).default([]),
      }),
    )
    .default({}),
  /** What people chose for themselves, by chat user: it gives nobody a role. */
  preferences: z
    .record(
      z.string(),
      z.strictObject({
        language: z.enum(LANGUAGES).nullable().default(null),
        timeZone: timeZone.nullable().default(null),
      }),
    )
    .default({}),
  /** Digests as direct messages; one a digest and person. */
  subscriptions: z.array(subscriptionSchema).default([]),
  defaultRole: z.enum(ROLES).default('viewer'),
  /** Whether reps see only the customers they own. */
  restrictReps: z.boolean().default(true),
  /** Whether named customers at risk may be shown in the marketing channel. */
  namesInMarketing: z.boolean().default(false),
  unit: z.enum(['company', 'contact']).nullable().default(null),
  /** What kind of business this is; 'auto' reads it off the records. */
  businessMode: z.enum(['auto', 'transactional', 'contract', 'project', 'mixed']).default('auto'),
  contracts: z
    .strictObject({
      /** Days after a contract's end within which a renewal is one. */
      graceDays: z.number().int().min(0).max(365).default(30),
      /** How long a deal with a recurring line item runs that names no end. */
      termMonths: z.number().int().positive().nullable().default(null),
      /** The deal property that holds a contract's end; it is copied from the CRM then. */
      endProperty: z.string().refine(isForeign, OWN_PROPERTY).nullable().default(null),
    })
    .prefault({}),
  /** The dated property that says when a customer has churned; it is copied from the CRM then. */
  churnProperty: z
    .strictObject({
      object: z.enum(['companies', 'contacts']),
      property: z.string().min(1).refine(isForeign, OWN_PROPERTY),
    })
    .nullable()
    .default(null),
  horizonDays: z.number().int().positive().nullable().default(null),
  tierNames: z
    .tuple([z.string(), z.string(), z.string(), z.string()])
    .default(['Bronze', 'Silver', 'Gold', 'Platinum']),
  /** Loyalty tiers (0 lowest, 3 highest) that people gave to customers, by id: they win over the earned ones. */
  tierOverrides: z
    .record(
      z.string(),
      z.strictObject({
        tier: z.number().int().min(0).max(3),
        /** The last day on which it holds, `YYYY-MM-DD`; until somebody removes it when null. */
        until: z.iso.date().nullable(),
        /** Who gave it. */
        by: z.string(),
      }),
    )
    .default({}),
  /** Names that people gave to segments, by segment id; never overwritten. */
  segmentNames: z.record(z.string(), z.string()).default({}),
  /** Fixed thresholds of the value classes, per year in the portal's currency; tertiles when null. */
  valueThresholds: z.strictObject({ medium: z.number(), high: z.number() }).nullable().default(null),
  rfmCutPoints: z
    .strictObject({ recency: z.array(z.number()), frequency: z.array(z.number()), money: z.array(z.number()) })
    .nullable()
    .default(null),
  minimumSupport: z.number().positive().max(1).nullable().default(null),
  minimumConfidence: z.number().positive().max(1).nullable().default(null),
  /** What people decided to do with a value class, tier or segment: `value:low`, `tier:Gold`, `segment:<id>`. */
  playbooks: z
    .record(
      z.string().regex(/^(value|tier|segment):.+$/, 'is not a target: write value:low, tier:Gold or segment:ID'),
      playbookSettingsSchema,
    )
    .default({}),
  /** After how many days what is no longer needed goes; results, audit log, findings and what was written to the CRM stay. */
  retentionDays: z
    .strictObject({
      /** What models learnt from, of runs before the newest. */
      matrices: z.number().int().min(1).max(3650).default(30),
      /** Why each customer had a score, of runs before the newest. */
      scoreDetails: z.number().int().min(1).max(3650).default(400),
      /** The words of what was sent; that it was sent stays known. */
      messages: z.number().int().min(14).max(3650).default(180),
      /** Requests that were handled, and what was asked. */
      requests: z.number().int().min(1).max(3650).default(7),
    })
    .prefault({}),
  /** Cron expressions in the portal's time zone. */
  schedules: z
    .strictObject({
      /** What changed lately, as far as the CRM's search has come. */
      syncFast: z.string().default('*/5 * * * *'),
      /** What changed long enough ago to be whole. */
      sync: z.string().default('*/15 * * * *'),
      /** Associations, archived and restored records. */
      sweep: z.string().default('15 4 * * *'),
      reconcile: z.string().default('0 3 * * *'),
      analyse: z.string().default('30 5 * * *'),
      writeBack: z.string().default('0 7 * * 1'),
      marketingDigest: z.string().default('0 9 * * 1'),
      salesList: z.string().default('0 8 * * 1-5'),
      serviceDigest: z.string().default('30 8 * * 1-5'),
      financeDigest: z.string().default('30 9 * * 1'),
      /** The report for management, of the month before. */
      monthlyReport: z.string().default('0 9 1 * *'),
      /** Tells the owners of playbooks what is due, and what came of it. */
      playbooks: z.string().default('15 8 * * 1-5'),
    })
    .prefault({}),
  /** When nothing is said unasked, but that Kith itself is in trouble; `HH:MM` in the portal's zone, `weekends` as a whole. */
  quietHours: z
    .strictObject({ from: z.string().regex(TIME), to: z.string().regex(TIME), weekends: z.boolean().default(false) })
    .nullable()
    .default(null),
  /** Scheduled write-back happens only once somebody has approved it. */
  writeBackApproved: z.boolean().default(false),
});
export type PortalState = z.infer<typeof portalStateSchema>;

export const stateSchema = z.strictObject({
  version: z.literal(1).default(1),
  portals: z.record(z.string(), portalStateSchema).default({}),
});
export type State = z.infer<typeof stateSchema>;
