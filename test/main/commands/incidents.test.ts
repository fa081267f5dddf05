import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createIncidentStore } from '../../../src/io/sql/incident-store.js';
import { openDatabase } from '../../../src/io/sql/open.js';
import { list as auditList } from '../../../src/main/commands/audit.js';
import { ack, list, note, resolve, show } from '../../../src/main/commands/incidents.js';

const AT = Date.UTC(2026, 10, 21, 9, 20);
const RULES = {
  ...{ cooldownMs: 30_000, maxIncidentMs: 3_600_000, expireMs: 86_400_000 },
  storm: { incidents: 0, withinMs: 60_000 },
  flapping: { incidents: 0, withinMs: 900_000 },
};

let data: string;
let printed: string[];
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'camqueue-incidents-'));
  await writeFile(join(data, 'cameras.yaml'), 'cameras: [{id: gate-1, name: Cổng chính, source: a.mp4}]');
  printed = [];
  jest.spyOn(console, 'log').mockImplementation((text: string) => void printed.push(text));
  const database = await openDatabase({ dataDir: data });
  const incidents = createIncidentStore(database);
  for (const [id, kind, at] of [
    ['a-1', 'intrusion', AT],
    ['a-2', 'intrusion', AT + 5000],
    ['b-1', 'tamper', AT + 9000],
  ] as const) {
    const told = {
      ...{ id, kind, at, cameraId: 'gate-1', severity: 'warning' as const },
      summary: `what ${id}`,
    };
    const step = { afterS: 0, to: ['guard'], mode: 'all' as const };
    const steps = [step, { ...step, afterS: 120, to: ['on-call:night'], channels: ['sms' as const] }];
    await incidents.accept(told, RULES, { policy: 'p', steps }, at);
  }
  await incidents.tell(
    'a-1',
    0,
    [{ recipient: 'guard', channel: 'email', otherChannels: ['sms'] }],
    AT + 6000,
  );
  await database.close();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await rm(data, { recursive: true, force: true });
});
const options = (): { data: string; cameras: string } => ({ data, cameras: join(data, 'cameras.yaml') });
const json = (): ReturnType<typeof options> & { json: true } => ({ ...options(), json: true });
const parsed = (): Record<string, unknown>[] =>
  printed.splice(0).map((line) => JSON.parse(line) as Record<string, unknown>);

it('lists newest first, by state and camera, in site time; without Redis', async () => {
  expect(await list(options())).toBe(0);
  expect(printed.splice(0).join('\n')).toMatch(
    /^NUMBER +SEVERITY[^]*\n#2 +warning +open +tamper +gate-1 +2026-11-21 16:20:09 +1 +what b-1\n#1 +warning +notified +intrusion +gate-1 +2026-11-21 16:20:00 +2 +what a-1$/,
  );
  await list({ ...json(), state: ['notified', 'acknowledged'] });
  expect(parsed()).toMatchObject([{ number: 1, state: 'notified', cameraName: 'Cổng chính', alerts: 2 }]);
  await list({ ...json(), camera: 'nope' });
  expect(printed).toEqual([]);
});

it('shows one with plan, messages, alerts, notes and history', async () => {
  await note(1, ' looked at it ', options());
  printed.splice(0);
  expect(await show(1, options())).toBe(0);
  const text = printed.splice(0).join('\n');
  expect(text).toMatch(/^#1 {2}warning {2}notified {2}what a-1\n/);
  expect(text).toMatch(/PLAN\n {2}step 1 +2026-11-21 16:20:00 +guard +all channels +1 messages\n/);
  expect(text).toMatch(/\n {2}step 2 +2026-11-21 16:22:00 +on-call:night +sms +nobody told\n/);
  expect(text).toMatch(/MESSAGES\n {2}2026-11-21 16:20:06 +guard +email +step 1 +pending\n/);
  expect(text).toMatch(/ALERTS\n.*what a-1 +a-1\n.*what a-2 +a-2\n/);
  expect(text).toMatch(/NOTES\n.* command line +looked at it\n/);
  expect(text).toMatch(/HISTORY\n[^]*incident\./);
  await show(1, json());
  const [all] = parsed();
  expect(all).toMatchObject({
    incident: { number: 1 },
    plan: { policy: 'p' },
    notes: [{ text: 'looked at it' }],
  });
  expect(all!['deliveries']).toHaveLength(1);
  expect(all!['alerts']).toHaveLength(2);
});

it('is acknowledged once and ended, and the audit trail says by whom', async () => {
  expect(await ack(1, options())).toBe(0);
  expect(await ack(1, options())).toBe(0);
  expect(await resolve(1, { ...options(), falseAlarm: true, reason: 'a cat' })).toBe(0);
  expect(await resolve(1, options())).toBe(1);
  expect(await ack(1, json())).toBe(1);
  expect(printed.splice(0)).toEqual([
    '#1 acknowledged: nobody else is told',
    expect.stringMatching(/^#1 was acknowledged before, by command line at 20\d\d-/),
    '#1 resolved as a false alarm',
    expect.stringMatching(/^#1 was resolved before, by command line at 20\d\d-/),
    expect.stringMatching(/"verdict":\{"isFalseAlarm":true,.*"reason":"a cat".*"isNew":false/),
  ]);
  await auditList({ ...json(), actor: 'command line' });
  const actions = parsed().map(({ action, subject }) => `${String(action)} ${String(subject)}`);
  expect(actions.length).toBeGreaterThanOrEqual(3);
  expect(actions.every((text) => /^incident\.\S+ incident\/a-1$/.test(text))).toBe(true);
});

it.each<[string, () => Promise<unknown>, RegExp]>([
  ['no such number', () => ack(99, options()), /there is no incident #99; camqueue incidents list/],
  ['an empty note', () => note(1, '  ', options()), /1 to 2000 characters/],
  ['a false alarm without a word', () => resolve(1, { ...options(), falseAlarm: true }), /needs a reason/],
])('%s is wrong usage, and changes nothing', async (_, run, problem) => {
  await expect(run()).rejects.toThrow(problem);
  await list({ ...json(), state: ['resolved', 'acknowledged'] });
  expect(printed).toEqual([]);
});
