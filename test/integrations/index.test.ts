import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { crms } from '../../integrations/index.ts';

it('registers every folder that has a CRM source', () => {
  const root = new URL('../../integrations/', import.meta.url);
  const folders = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const withSource = folders
    .map(({ name }) => name)
    .filter((name) => readdirSync(new URL(`${name}/`, root)).includes(`${name}-source.ts`));
  expect(Object.keys(crms).sort()).toEqual(withSource.sort());
});

it('opens each by its options', async () => {
  await expect(crms.csv({ directory: '/nowhere/at/all' })).rejects.toMatchObject({ code: 'bad-folder' });
  await expect(crms.hubspot({ accessToken: '' })).rejects.toMatchObject({ code: 'crm-auth' });
});
