import { describe, it } from 'vitest';
import { withStore } from '../src/store/with-store.ts';
import { runHistory } from './run-history.ts';
import { runKilledHistory } from './run-killed-history.ts';

const HISTORIES = 25;

describe('a history of changes, copied in every kind of trouble', () => {
  const store = withStore();
  for (let seed = 1; seed <= HISTORIES; seed++) {
    it(`ends with the store equal to the CRM (seed ${seed})`, () => runHistory(seed, store), 60_000);
  }
});

describe('a history whose copying is killed at any step', () => {
  for (const seed of [101, 102]) {
    it(`ends with the store equal to the CRM (seed ${seed})`, () => runKilledHistory(seed, 3), 120_000);
  }
});
