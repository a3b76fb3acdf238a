import { crmTables } from './001-crm.ts';
import { resultTables } from './002-results.ts';
import { ledgerTables } from './003-ledger.ts';
import { erasureTables } from './004-erasure.ts';
import { laneTables } from './005-lanes.ts';
import { rescoredTables } from './006-rescored.ts';
import { termColumns } from './007-terms.ts';
import { playbookTables } from './008-playbooks.ts';
import { runHistoryColumns } from './009-run-history.ts';
import { outboxThreadColumns } from './010-outbox-threads.ts';
import { answerTables } from './011-answers.ts';
import { privacyTables } from './012-privacy.ts';
import { keptLongerColumns } from './013-kept-longer.ts';
import { scoreRankColumns } from './014-score-ranks.ts';
import { runIdColumns } from './015-run-ids.ts';

export interface Migration {
  /** 1, 2, 3 …; a database at `number` has had every migration up to it. */
  readonly number: number;
  readonly name: string;
  /** `CREATE TABLE x …`, `ALTER TABLE x …`: the portal's database is put before the table's name. */
  readonly statements: readonly string[];
  /** Whether it added something that only reading the CRM's records again fills. */
  readonly readsAgain?: true;
}

/** Forward-only. What was released is never edited; a change is a new entry. */
export const migrations: readonly Migration[] = [
  { number: 1, name: 'crm', statements: crmTables },
  { number: 2, name: 'results', statements: resultTables },
  { number: 3, name: 'ledger', statements: ledgerTables },
  { number: 4, name: 'erasure', statements: erasureTables },
  { number: 5, name: 'lanes', statements: laneTables },
  { number: 6, name: 'rescored', statements: rescoredTables },
  { number: 7, name: 'terms', statements: termColumns, readsAgain: true },
  { number: 8, name: 'playbooks', statements: playbookTables },
  { number: 9, name: 'run-history', statements: runHistoryColumns },
  { number: 10, name: 'outbox-threads', statements: outboxThreadColumns },
  { number: 11, name: 'answers', statements: answerTables },
  { number: 12, name: 'privacy', statements: privacyTables },
  { number: 13, name: 'kept-longer', statements: keptLongerColumns },
  { number: 14, name: 'score-ranks', statements: scoreRankColumns },
  { number: 15, name: 'run-ids', statements: runIdColumns },
];

/** The newest migration whose columns only reading the CRM's records again fills: a copy made before it lacks them. */
export const COPY_FORMAT = Math.max(...migrations.filter((step) => step.readsAgain).map(({ number }) => number));
