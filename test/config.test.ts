import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Environment, parseConfig } from '../src/config.js';

const root = join(__dirname, '..');

test('an empty environment is a working installation, with absolute paths', () => {
  const config = parseConfig({}, root);
  expect(config).toMatchObject({
    HTTP_HOST: '127.0.0.1',
    HTTP_PORT: 3000,
    RING_MB: 32,
    MODELS_DIR: join(root, 'models'),
  });
  expect(config.DATA_DIR).toMatch(/^\//);
  expect(config.REDIS_URL).toBeUndefined();
});

test('an empty value counts as not set', () => {
  expect(parseConfig({ REDIS_URL: '', HTTP_PORT: '' }, root)).toMatchObject({ HTTP_PORT: 3000 });
});

test.each([
  ['HTTP_PORT', '70000', /HTTP_PORT is "70000"/],
  ['RING_MB', 'much', /RING_MB is "much"/],
  ['LOG_LEVEL', 'loud', /LOG_LEVEL is "loud"/],
  ['QUEUE_PREFIX', 'A:B', /QUEUE_PREFIX is "A:B"/],
  ['DATABASE_URL', 'mysql://u:secret@h/d', /DATABASE_URL is no such URL; for example postgres:/],
  ['REDIS_URL', 'redis//u:secret@h', /REDIS_URL is no such URL/],
])('%s=%s is refused with its name and what it should be', (name, value, message) => {
  expect(() => parseConfig({ [name]: value }, root)).toThrow(message);
  expect(() => parseConfig({ [name]: value }, root)).not.toThrow(/secret/);
});

test('all mistakes are said at once', () => {
  expect(() => parseConfig({ HTTP_PORT: 'x', RING_MB: 'y' }, root)).toThrow(
    /HTTP_PORT[\s\S]*RING_MB|RING_MB[\s\S]*HTTP_PORT/,
  );
});

test('.env.example names every variable, and no other', () => {
  const named = [...readFileSync(join(root, '.env.example'), 'utf8').matchAll(/^#?([A-Z][A-Z0-9_]*)=/gm)].map(
    (match) => match[1],
  );
  expect(named.sort()).toEqual(Object.keys(Environment.shape).sort());
});
