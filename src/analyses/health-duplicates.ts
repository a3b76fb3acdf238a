import type { SameDomain } from '../features/duplicates.ts';
import { editDistance } from '../lib/nearest.ts';

/** Records that look like one company; the first is the oldest. */
export type DuplicateGroup = readonly SameDomain[];

/** Words that say what kind of firm it is, or that it is a part of one, in the languages that are met most. */
const LEGAL_WORDS = new Set(
  (
    'ab ag as bv co company corp corporation gesellschaft gmbh group gruppe holding holdings inc incorporated kg limited ' +
    'llc llp ltd mbh nv oy plc pte pty sa sarl sas se spa srl the und and 公司 有限公司 集团 股份有限公司'
  ).split(' '),
);

/** A name's telling words: lower case, without accents, signs and legal forms. */
export function tellingWords(name: string): string[] {
  const words = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
  const telling = words.filter((word) => !LEGAL_WORDS.has(word));
  return telling.length === 0 ? words : telling;
}

/** Letters of a word per typing error in it. */
const LETTERS_PER_ERROR = 5;

/**
 * Whether two names of one domain are the same company's: word for word the same but for typing errors, or one the
 * beginning of the other. A record without a name is like any other of its domain.
 */
export function areNear(a: string, b: string): boolean {
  const [left, right] = [tellingWords(a), tellingWords(b)];
  return left.slice(0, right.length).every((word, at) => isMistyped(word, right[at]!));
}

function isMistyped(a: string, b: string): boolean {
  if (a === b) return true;
  return editDistance(a, b) <= Math.floor(Math.max([...a].length, [...b].length) / LETTERS_PER_ERROR);
}

/** Groups of records that are near one another within a domain; `companies` come by domain, the oldest first. */
export function duplicateGroups(companies: readonly SameDomain[]): DuplicateGroup[] {
  const groups: SameDomain[][] = [];
  let ofDomain: SameDomain[][] = [];
  let domain: string | null = null;
  for (const company of companies) {
    if (company.domain !== domain) {
      groups.push(...ofDomain);
      ofDomain = [];
      domain = company.domain;
    }
    const near = ofDomain.filter((group) => group.some((other) => areNear(other.name, company.name)));
    const [first, ...others] = near;
    if (first === undefined) ofDomain.push([company]);
    else {
      // A record between two groups joins them.
      for (const other of others) first.push(...other);
      first.push(company);
      ofDomain = ofDomain.filter((group) => !others.includes(group));
    }
  }
  groups.push(...ofDomain);
  return groups.filter((group) => group.length > 1);
}
