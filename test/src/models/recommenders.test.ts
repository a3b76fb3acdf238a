import { describe } from 'vitest';
import { RECOMMENDERS } from '../../../src/models/recommender.ts';
import { testRecommender } from '../../contracts/test-recommender.ts';

describe.each(RECOMMENDERS)('%s as a recommender', (name) => testRecommender(name));
