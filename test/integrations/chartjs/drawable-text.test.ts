import { expect, test } from 'vitest';
import { drawableText } from '../../../integrations/chartjs/drawable-text.ts';

test('leaves out what the bundled fonts would draw as an empty box, and nothing else', () => {
  expect(drawableText('🚀 苏州润瑞物流 ® 👩‍💻 GmbH™')).toBe('苏州润瑞物流 ® GmbH™');
  expect(drawableText('🎉🎉')).toBe('–');
  expect(drawableText('Müller & Söhne №1')).toBe('Müller & Söhne №1');
});
