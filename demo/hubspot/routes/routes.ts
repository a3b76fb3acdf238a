import type { Route } from '../stand-in-call.ts';
import { accountRoutes } from './account.ts';
import { associationRoutes } from './associations.ts';
import { batchRoutes } from './batch.ts';
import { objectRoutes } from './objects.ts';
import { propertyRoutes } from './properties.ts';
import { searchRoutes } from './search.ts';

/** Every path that the server answers; the first that fits is taken, so the particular come before the general. */
export const routes: readonly Route[] = [
  ...batchRoutes,
  ...searchRoutes,
  ...objectRoutes,
  ...associationRoutes,
  ...propertyRoutes,
  ...accountRoutes,
];
