import type { RegisteredAnalysis } from './analysis.ts';
import { anomalies } from './anomalies.ts';
import { basket } from './basket.ts';
import { churnRisk } from './churn-risk.ts';
import { customers } from './customers.ts';
import { forecast } from './forecast.ts';
import { health } from './health.ts';
import { loyalty } from './loyalty.ts';
import { portfolio } from './portfolio.ts';
import { recommend } from './recommend.ts';
import { segments } from './segments.ts';
import { sequences } from './sequences.ts';
import { service } from './service.ts';
import { value } from './value.ts';

/** Every business question that Kith answers, in the order in which a run asks them. */
export const analyses: readonly RegisteredAnalysis[] = [
  portfolio,
  customers,
  churnRisk,
  segments,
  value,
  loyalty,
  basket,
  sequences,
  recommend,
  anomalies,
  forecast,
  service,
  health,
];
