import { z } from 'zod';
import { Alerting, Channel } from '../../src/domain/alerting/config.js';
import { CameraFile } from '../../src/domain/camera.js';
import { createCameras, parseCamera, parseCameraFile, readCameraFile } from '../../src/io/camera-file.js';

const camera = (fields: string): string => `cameras: [ { id: gate-1, source: clip.mp4, ${fields} } ]`;
const parse = (text: string, env: Record<string, string> = {}): ReturnType<typeof parseCameraFile> =>
  parseCameraFile(text, 'cameras.yaml', env);

test('a camera of two fields gets working defaults', () => {
  const [first] = parse('cameras: [ { id: gate-1, source: clip.mp4 } ]').cameras;
  expect(first).toMatchObject({
    fps: 5,
    pace: 'realtime',
    enabled: true,
    detect: { network: 'nanodet-g-416', minScore: 0.4, everyMs: 200 },
    alerts: { cooldownS: 60 },
    lines: [],
    zones: [],
  });
});

test('JSON is read as well', () => {
  expect(parse('{"cameras":[{"id":"a","source":"x.mp4"}]}').cameras).toHaveLength(1);
});

test('the full example of the documentation is accepted', () => {
  const file = parse(
    `
site: { name: Bai xe Tran Phu, timeZone: Asia/Ho_Chi_Minh, country: VN }
defaults: { fps: 5 }
cameras:
  - id: gate-1
    name: Main gate
    source: rtsp://viewer:\${GATE1_PASSWORD}@10.0.0.5/main
    detectSource: rtsp://10.0.0.5/sub
    fps: 10
    detect: { network: nanodet-g-416, classes: [person, car], minScore: 0.4 }
    masks: [ [[0, 0], [0.3, 0], [0.3, 0.05], [0, 0.05]] ]
    lines:
      - { id: door, from: [0, 0.5], to: [1, 0.5], classes: [person], names: { in: entering, out: leaving } }
      - { id: stop, from: [0, 0.8], to: [1, 0.8] }
      - { id: solid-1, from: [0.5, 0], to: [0.5, 1] }
    zones:
      - { id: yard, polygon: [[0.1, 0.4], [0.9, 0.4], [0.9, 1], [0.1, 1]], kind: restricted, classes: [person], minDwellMs: 500, schedule: "mon-fri 19:00-06:00; sat,sun" }
      - { id: road, polygon: [[0, 0], [1, 0], [1, 1]] }
    calibration: { points: [ { at: [0.2, 0.9], ground: [0, 0] }, { at: [0.8, 0.9], ground: [3, 0] }, { at: [0.2, 0.1], ground: [0, 9] }, { at: [0.8, 0.1], ground: [3, 9] } ] }
    signals: [ { id: south, lamp: [0.86, 0.378, 0.028, 0.102] } ]
    rules:
      - { kind: red-light, line: stop, signal: south, direction: out, graceMs: 300 }
      - { kind: speed, zone: road, limitKmh: 50, toleranceKmh: 5 }
      - { kind: wrong-way, zone: road, headingDeg: 90, toleranceDeg: 60 }
      - { kind: lane, line: solid-1 }
    suspicious: { abandoned: { afterMs: 30000 }, crowd: { zone: road, people: 15, forMs: 5000 }, loitering: { zone: yard, afterMs: 60000 }, fall: { downMs: 2000 }, faces: true }
    plates: { enabled: true, lists: [residents, stolen] }
    record: { mode: always, segmentS: 60, retentionDays: 14 }
    alerts: { cooldownS: 60 }
`,
    { GATE1_PASSWORD: 'p4ss' },
  );
  expect(file.cameras[0]?.source).toBe('rtsp://viewer:p4ss@10.0.0.5/main');
});

test('defaults are merged field by field, and a camera wins', () => {
  const file = parse(`
defaults: { fps: 8, detect: { minScore: 0.6, everyMs: 100 } }
cameras: [ { id: a, source: x, detect: { minScore: 0.3 } }, { id: b, source: y, fps: 2 } ]`);
  expect(file.cameras.map(({ fps, detect }) => [fps, detect.minScore, detect.everyMs])).toEqual([
    [8, 0.3, 100],
    [2, 0.6, 100],
  ]);
});

test.each([
  ['an unknown field', camera('fsp: 3'), /camera gate-1: unknown field "fsp"/],
  ['a missing source', 'cameras: [ { id: gate-1 } ]', /camera gate-1: source is missing/],
  ['a missing id', 'cameras: [ { source: x } ]', /cameras\[0\]: id is missing/],
  [
    'two cameras with one id',
    'cameras: [ { id: a, source: x }, { id: a, source: y } ]',
    /cameras\[1\]: the id "a" is used twice/,
  ],
  ['an id that is none', 'cameras: [ { id: "Gate 1", source: x } ]', /id is "Gate 1": must be 1-64 of a-z/],
  [
    'a polygon with two points',
    camera('zones: [ { id: z, polygon: [[0,0],[1,1]] } ]'),
    /camera gate-1: zones\[0\]\.polygon needs at least 3 points/,
  ],
  [
    'a coordinate outside 0..1',
    camera('lines: [ { id: l, from: [0, 1.5], to: [1, 1] } ]'),
    /lines\[0\]\.from\[1\] is 1\.5: must be in 0\.\.1/,
  ],
  [
    'a line without length',
    camera('lines: [ { id: l, from: [0.5, 0.5], to: [0.5, 0.5] } ]'),
    /lines\[0\] has no length/,
  ],
  [
    'two lines with one id',
    camera('lines: [ { id: l, from: [0,0], to: [1,1] }, { id: l, from: [0,1], to: [1,0] } ]'),
    /lines\[1\]\.id.*used twice/,
  ],
  [
    'a rule about a line that is not there',
    camera('rules: [ { kind: lane, line: nowhere } ]'),
    /rules\[0\]\.line.*"nowhere"/,
  ],
  ['a cooldown of 0', camera('alerts: { cooldownS: 0 }'), /alerts\.cooldownS is 0: must be at least 1/],
  [
    'a schedule that is none',
    camera('zones: [ { id: z, polygon: [[0,0],[1,1],[0,1]], schedule: sometimes } ]'),
    /zones\[0\]\.schedule.*"sometimes" is no schedule/,
  ],
  [
    'a time zone that is none',
    'site: { timeZone: Mars/Base }\ncameras: [ { id: a, source: x } ]',
    /site\.timeZone is "Mars\/Base"/,
  ],
  ['a file cut short before its cameras', 'site: { name: x }', /cameras is missing \(array\)/],
  ['no YAML', 'cameras: [', /is no valid YAML/],
  ['a text', 'hello', /cameras\.yaml/],
  [
    'a secret that is not set',
    'cameras: [ { id: a, source: "rtsp://u:${NOPE}@h/" } ]',
    /refers to NOPE: set it in the environment/,
  ],
])('%s is refused: which camera, which field, what to do', (_, text, message) => {
  expect(() => parse(text)).toThrow(message);
});

test('a file may list no camera: they are managed through the API then', () => {
  expect(parse('cameras: []').cameras).toEqual([]);
});

describe('recipients and rules', () => {
  const people = `recipients:
  - { id: guard, email: guard@example.org, phone: "+84912345678" }
  - { id: chief, log: true, webhook: { url: "https://hooks.example.org/\${HOOK_PATH}", secret: "\${HOOK_SECRET}" } }
`;
  const env = { HOOK_PATH: 'p4th', HOOK_SECRET: 'geheim-geheim-geheim' };
  const rules = (text: string, also = ''): ReturnType<typeof parse> =>
    parse(`${people}${also}alerting: { ${text} }\ncameras: []`, env);

  test('all of it, with references', () => {
    const { recipients, alerting } = rules(`
  severity: [ { when: { kinds: [intrusion], time: "22:00-06:00" }, raise: 1 } ],
  onCall: [ { id: night, start: 2026-11-02, who: [guard, chief], overrides: [ { from: 2026-12-24T18:00:00+07:00, to: 2026-12-25T18:00:00+07:00, who: [chief] } ] } ],
  policies: [ { id: yard, repeat: 1, steps: [ { to: [on-call:night], channels: [sms, log], mode: first }, { afterS: 300, to: ["*"] } ] } ],
  routes: [ { when: { groups: [north*] }, policy: yard }, { when: { kinds: [plate-unknown] }, policy: none } ]`);
    expect(recipients.map(({ id }) => id)).toEqual(['guard', 'chief']);
    expect(recipients[1]?.webhook).toEqual({
      url: 'https://hooks.example.org/p4th',
      secret: 'geheim-geheim-geheim',
    });
    expect(alerting.policies[0]?.steps[1]).toEqual({ afterS: 300, to: ['*'], mode: 'all' });
    expect(createCameras(parse(`${people}cameras: []`, env)).alerting).toMatchObject({ tellEnd: true });
  });

  const step = (fields: string): string => `policies: [ { id: p, steps: [ { ${fields} } ] } ]`;
  const night = (fields: string): string => `onCall: [ { id: night, start: 2026-11-02, ${fields} } ]`;
  test.each([
    [
      'a route to nowhere',
      'routes: [ { policy: yrad } ]',
      'alerting.routes[0].policy is "yrad": there is no such policy; there are none',
    ],
    [
      'a step for a stranger',
      step('to: [gaurd]'),
      'alerting.policies[0].steps[0].to[0] is "gaurd": there is no such recipient; there are guard, chief',
    ],
    [
      'a step for a list that is not there',
      step('to: ["on-call:night"]'),
      'alerting.policies[0].steps[0].to[0] is "on-call:night": there is no such list in alerting.onCall; there is none at all',
    ],
    [
      'a step on channels that nobody it means has',
      step('to: [guard], channels: [push, webhook]'),
      'alerting.policies[0].steps[0].channels is [push, webhook]: nobody of guard has one of these',
    ],
    [
      'a stranger on call',
      night('who: [guard, ghost]'),
      'alerting.onCall[0].who[1] is "ghost": there is no such recipient',
    ],
    [
      'a stranger who stands in',
      night(
        'who: [guard], overrides: [ { from: 2026-12-24T18:00:00Z, to: 2026-12-25T18:00:00Z, who: [ghost] } ]',
      ),
      'alerting.onCall[0].overrides[0].who[0] is "ghost"',
    ],
    [
      'an override that ends before it begins',
      night(
        'who: [guard], overrides: [ { from: 2026-12-24T18:00:00Z, to: 2026-12-24T18:00:00+07:00, who: [guard] } ]',
      ),
      'alerting.onCall[0].overrides[0].to is 2026-12-24T18:00:00+07:00: must be after from',
    ],
    [
      'a day that is none',
      'onCall: [ { id: night, start: 2026-11-31, who: [guard] } ]',
      'alerting.onCall[0].start is "2026-11-31": must be a day',
    ],
    [
      'two policies of one name',
      'policies: [ { id: p, steps: [ { to: ["*"] } ] }, { id: p, steps: [ { to: ["*"] } ] } ]',
      'alerting.policies[1].id is "p", which another one has',
    ],
    [
      'two lists of one name',
      'onCall: [ { id: n, start: 2026-11-02, who: [guard] }, { id: n, start: 2026-11-02, who: [chief] } ]',
      'alerting.onCall[1].id is "n", which another one has',
    ],
    [
      'a policy with a name that means something',
      'policies: [ { id: none, steps: [ { to: ["*"] } ] } ]',
      'alerting.policies[0].id is "none", which means that nobody is told; choose another id',
    ],
    [
      'a rule that raises and sets',
      'severity: [ { raise: 1, set: info } ]',
      'alerting.severity[0] needs one of set, raise and lower',
    ],
    ['a misspelt field', 'tellends: true', 'alerting: unknown field "tellends" (check the spelling)'],
    ['a glob that is none', 'routes: [ { when: { kinds: ["plate?"] }, policy: none } ]', 'must be an id, in'],
  ])('%s is refused: field, value, what to do', (_, text, message) => {
    expect(() => rules(text)).toThrow(message);
  });

  test.each([
    ['two of one name', '{ id: a, log: true }, { id: a, log: true }', 'recipients[1].id is "a", which'],
    ['nobody can be reached', '{ id: a }', 'recipients[0] has no address: give email, phone'],
    ['a number without its country', '{ id: a, phone: "0912-777" }', 'recipients[0].phone must be a number'],
    ['no address', '{ id: a, email: 0912-777 }', 'recipients[0].email is no e-mail address'],
    [
      'a short secret',
      '{ id: a, webhook: { url: "https://x/", secret: 0912-777 } }',
      'at least 16 characters',
    ],
    ['no topic', '{ id: a, push: { topic: "0912-777/" } }', 'recipients[0].push.topic must be 1-200 of'],
    ['no push', '{ id: a, push: 0912-777 }', 'recipients[0].push must be true, false or'],
    ['hours that are none', '{ id: a, log: true, quietHours: late }', 'recipients[0].quietHours is "late"'],
  ])('%s is refused, and no address is repeated', (_, text, message) => {
    const file = `recipients: [ ${text} ]\ncameras: []`;
    expect(() => parse(file)).toThrow(message);
    expect(() => parse(file)).not.toThrow(/0912-777/);
  });

  test('a secret that is not set is named', () => {
    expect(() => parse(`${people}cameras: []`)).toThrow(/refers to HOOK_PATH, HOOK_SECRET: set them/);
  });
});

describe('a camera given elsewhere', () => {
  const context = {
    defaults: { fps: 8, detect: { minScore: 0.6 } },
    env: { CAM1_PASSWORD: 'p4ss', SMTP_URL: 'smtp://u:hunter2@h/' },
    mayRefer: (name: string) => name.startsWith('CAM'),
  };

  test('takes defaults and references as one of the file does', () => {
    const given = { id: 'a', source: 'rtsp://u:${CAM1_PASSWORD}@h/', detect: { everyMs: 0 } };
    expect(parseCamera(given, context)).toMatchObject({
      source: 'rtsp://u:p4ss@h/',
      fps: 8,
      detect: { minScore: 0.6, everyMs: 0 },
    });
  });

  test.each([
    [
      'another variable',
      { id: 'a', source: 'rtsp://h/${SMTP_URL}' },
      /refers to SMTP_URL, which is not there/,
    ],
    ['one that is not set', { id: 'a', source: 'rtsp://h/${CAM2}' }, /refers to CAM2/],
    ['an unknown field', { id: 'a', source: 'x', fsp: 1 }, /^camera a: unknown field "fsp"/],
    ['two mistakes', { id: 'a', fps: 0 }, /camera a: source is missing[^]*camera a: fps is 0/],
    ['a text', 'hello', /^cameras\[0\]/],
  ])('with %s is refused', (_, given, message) => {
    expect(() => parseCamera(given, context)).toThrow(message);
    expect(() => parseCamera(given, context)).not.toThrow(/hunter2/);
  });
});

test('a mistake never shows a source with its password', () => {
  expect(() => parse('cameras: [ { id: a, source: ["rtsp://u:hunter2@h/"] } ]')).toThrow(/source/);
  expect(() => parse('cameras: [ { id: a, source: ["rtsp://u:hunter2@h/"] } ]')).not.toThrow(/hunter2/);
});

test('editors are told of recipients and rules: every field, and what it may be', () => {
  const schema = z.toJSONSchema(CameraFile, { io: 'input', unrepresentable: 'any' });
  const within = (...path: string[]) =>
    path.reduce<Record<string, unknown>>((at, key) => at[key] as Record<string, unknown>, schema);
  const alerting = ['properties', 'alerting'];
  expect(within(...alerting, 'properties').severity).toMatchObject({ type: 'array', default: [] });
  expect(Object.keys(within(...alerting, 'properties'))).toEqual(Object.keys(Alerting.shape));
  expect(within(...alerting).required).toBeUndefined();
  const step = within(
    ...alerting,
    ...'properties policies items properties steps items properties'.split(' '),
  );
  expect(step).toMatchObject({
    channels: { type: 'array', items: { enum: Channel.options } },
    mode: { enum: ['all', 'first'], default: 'all', description: expect.any(String) as string },
  });
  const recipient = within('properties', 'recipients', 'items');
  expect(recipient).toMatchObject({
    additionalProperties: false,
    required: ['id'],
    properties: {
      phone: { pattern: String.raw`^\+[1-9]\d{6,14}$` },
      quietHours: { description: expect.stringContaining('22:00-06:00') as string },
    },
  });
});

test('a missing file says how to go on', () => {
  expect(() => readCameraFile('/nowhere/cameras.yaml', {})).toThrow(/does not exist.*CAMERAS_FILE/);
});

test('an unknown camera is a permanent error', () => {
  const cameras = createCameras(parse(camera('')));
  expect(cameras.get('gate-1').id).toBe('gate-1');
  expect(() => cameras.get('gate-2')).toThrow(/"gate-2" is not in the camera file/);
});
