import { describe } from 'vitest';
import { LEARNERS, testLearner } from '../../contracts/test-learner.ts';

describe.each(LEARNERS)('$name as a learner', (learner) => testLearner(learner));
