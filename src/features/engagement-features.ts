import { ENGAGEMENT_TYPES } from '../domain/crm.ts';
import type { EngagementHistory } from './engagement-history.ts';

/** What is heard of and from a customer. NaN where there is no value. */
export const ENGAGEMENT_FEATURES = [
  { name: 'log_recent_touches', family: 'touches' },
  { name: 'log_touches_30', family: 'touches' },
  { name: 'touch_trend', family: 'touch-trend' },
  { name: 'log_horizon_touches', family: 'touch-trend' },
  { name: 'log_days_since_touch', family: 'last-touch' },
  { name: 'log_recent_inbound', family: 'inbound' },
  { name: 'missed_share', family: 'missed' },
  { name: 'log_recent_page_views', family: 'page-views' },
  { name: 'feedback', family: 'feedback' },
] as const;

const RECENT_DAYS = 90;
const MONTH_DAYS = 30;
const MISSED_DAYS = 180;
const FEEDBACK_DAYS = 365;

const CALL = ENGAGEMENT_TYPES.indexOf('call');
const MEETING = ENGAGEMENT_TYPES.indexOf('meeting');
const PAGE_VIEW = ENGAGEMENT_TYPES.indexOf('page_view');
const FEEDBACK = ENGAGEMENT_TYPES.indexOf('feedback');

/**
 * Writes customer i's values at `at`. A touch is a call, a meeting or an e-mail:
 * - `touch_trend`: log of (1 + touches in the last H days) ÷ (1 + touches in the H days before);
 * - `log_days_since_touch`: NaN while there was none;
 * - `missed_share`: of the calls and meetings of the last 180 days, those where nobody was reached; NaN without any;
 * - `feedback`: mean score of the last year's answers.
 */
export function writeEngagementFeatures(
  matrix: Float64Array,
  at: number,
  engagements: EngagementHistory,
  cutOff: number,
  horizonDays: number,
  i: number,
): void {
  let recent = 0;
  let month = 0;
  let inHorizon = 0;
  let before = 0;
  let lastTouch = Number.NaN;
  let inbound = 0;
  let talks = 0;
  let missed = 0;
  let pageViews = 0;
  let answers = 0;
  let sum = 0;
  for (let k = engagements.offsets[i]!; k < engagements.offsets[i + 1]! && engagements.day[k]! <= cutOff; k++) {
    const day = engagements.day[k]!;
    const type = engagements.type[k]!;
    const isRecent = day > cutOff - RECENT_DAYS;
    if (type === PAGE_VIEW) {
      if (isRecent) pageViews++;
      continue;
    }
    if (type === FEEDBACK) {
      const score = engagements.score[k]!;
      if (day > cutOff - FEEDBACK_DAYS && !Number.isNaN(score)) {
        answers++;
        sum += score;
      }
      continue;
    }
    lastTouch = day;
    if (isRecent) {
      recent++;
      inbound += engagements.isInbound[k]!;
    }
    if (day > cutOff - MONTH_DAYS) month++;
    if (day > cutOff - horizonDays) inHorizon++;
    else if (day > cutOff - 2 * horizonDays) before++;
    if ((type === CALL || type === MEETING) && day > cutOff - MISSED_DAYS) {
      talks++;
      missed += engagements.isMissed[k]!;
    }
  }
  matrix[at] = Math.log1p(recent);
  matrix[at + 1] = Math.log1p(month);
  matrix[at + 2] = Math.log((1 + inHorizon) / (1 + before));
  matrix[at + 3] = Math.log1p(inHorizon);
  matrix[at + 4] = Math.log1p(cutOff - lastTouch);
  matrix[at + 5] = Math.log1p(inbound);
  matrix[at + 6] = talks === 0 ? Number.NaN : missed / talks;
  matrix[at + 7] = Math.log1p(pageViews);
  matrix[at + 8] = answers === 0 ? Number.NaN : sum / answers;
}
