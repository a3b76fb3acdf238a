import { describe, expect, it } from 'vitest';
import { wellFormed } from '../../../src/lib/well-formed.ts';

describe('wellFormed', () => {
  it('replaces halves of surrogate pairs and leaves whole ones, and everything else, as they are', () => {
    expect(wellFormed('a\ud83db')).toBe('a\ufffdb');
    expect(wellFormed('\udd94')).toBe('\ufffd');
    expect(wellFormed('🦔\u0000 é 黄\n')).toBe('🦔\u0000 é 黄\n');
  });
});
