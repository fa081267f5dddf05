import { Camera } from '../../../src/domain/camera.js';

const yard = {
  id: 'yard',
  polygon: [
    [0, 0],
    [1, 0],
    [1, 1],
  ],
};
const parse = (plates: object) => Camera.safeParse({ id: 'gate', source: 'x', zones: [yard], plates });

it('{} takes every default', () => {
  expect(parse({}).data?.plates).toEqual({
    enabled: true,
    view: 'auto',
    classes: ['car', 'motorcycle', 'bus', 'truck'],
    minVehiclePx: 120,
    zones: [],
    everyMs: 250,
    maxLooks: 12,
    passageWindowS: 60,
    lists: [],
    alertUnknown: false,
  });
});

it.each<[given: object, path: string, message: RegExp]>([
  [{ zones: ['yard', 'street'] }, 'plates.zones.1', /names the zone "street"/],
  [{ everyMs: 0 }, 'plates.everyMs', /50/],
  [{ maxLooks: 0 }, 'plates.maxLooks', /1/],
  [{ classes: [] }, 'plates.classes', /1/],
  [{ classes: ['person'] }, 'plates.classes.0', /car/],
  [{ list: ['a'] }, 'plates', /list/],
])('refuses %j', (given, path, message) => {
  const [issue] = parse(given).error?.issues ?? [];
  expect([issue?.path.join('.'), issue?.message]).toEqual([path, expect.stringMatching(message)]);
});
