import { handle } from '../../jobs/incident-sweep/handler.js';
import { incidentSweep } from '../../jobs/incident-sweep/job.js';
import { mergeRulesOf } from '../../src/domain/alerting/merging.js';
import type { Ports } from '../../src/ports.js';
import { type AlertWorld, openAlertWorld } from '../support/alert-world.js';
import { runJob, testContext } from '../support/job-context.js';

const AT = 1_795_251_600_000;
const MINUTE = 60_000;
const PLAN = {
  policy: 'night',
  steps: [
    { afterS: 0, to: ['guard'], mode: 'all' as const },
    { afterS: 120, to: ['*'], mode: 'all' as const },
  ],
};

let world: AlertWorld;
const reopen = async (alerting: object): Promise<void> => {
  await world.close();
  world = await openAlertWorld({ alerting });
};
beforeEach(async () => {
  world = await openAlertWorld();
});
afterEach(() => world.close());

function accept(id: string, at = AT) {
  const { incidents, cameras } = world.ports;
  const alert = { id, cameraId: 'gate-1', kind: 'intrusion', subject: id, severity: 'warning' as const };
  return incidents.accept(
    { ...alert, at, summary: 'somebody' },
    mergeRulesOf(cameras.alerting, 60),
    PLAN,
    at,
  );
}
async function sweep(laterMs: number, ports: AlertWorld['ports'] = world.ports) {
  const ctx = testContext(ports, { now: () => AT + laterMs });
  const outcome = await runJob(incidentSweep, handle, {}, ctx);
  return { outcome, asked: ctx.followUps.map(({ id, again }) => `${id}${again === true ? ' again' : ''}`) };
}

it('asks again for steps whose job was lost, in their order, and not for those not due yet', async () => {
  await accept('a');
  await accept('b', AT + 1000);
  expect(await sweep(30_000)).toEqual({ outcome: { outcome: 'skipped', why: 'nothing to do' }, asked: [] });
  expect((await sweep(2 * MINUTE)).asked).toEqual(['a+0 again', 'b+0 again']);
  await world.ports.incidents.tell('a', 0, [], AT);
  await world.ports.incidents.acknowledge('b', 'guard', AT);
  expect((await sweep(4 * MINUTE)).asked).toEqual(['a+1 again']);
});

it('asks again for messages whose job was lost, once a minute', async () => {
  await accept('a');
  await world.ports.incidents.tell('a', 0, [{ recipient: 'guard', channel: 'email', otherChannels: [] }], AT);
  expect((await sweep(30_000)).asked).toEqual([]);
  expect((await sweep(MINUTE + 1000)).asked).toEqual(['a+0+guard+email again']);
  expect((await sweep(MINUTE + 2000)).asked).toEqual([]);
  expect((await sweep(3 * MINUTE)).asked).toContain('a+0+guard+email again');
});

it('closes what nobody reacted to when its time is up', async () => {
  await reopen({ expireS: 300 });
  await accept('a');
  expect(await sweep(6 * MINUTE)).toEqual({
    outcome: { outcome: 'done', result: { ended: 1, steps: 0, messages: 0 } },
    asked: [],
  });
  expect(await world.ports.incidents.get('a')).toMatchObject({ state: 'expired' });
});

describe('a storm without new incidents', () => {
  const storm = async (alerting: object = {}): Promise<string> => {
    await reopen({ storm: { incidents: 1, withinS: 30 }, ...alerting });
    await accept('a');
    const accepted = await accept('b');
    return accepted.storm!.id;
  };

  it('is over, and those who were told are told so', async () => {
    const id = await storm();
    expect((await sweep(20_000)).asked).toEqual([]);
    expect((await sweep(31_000)).asked).toEqual([`${id}+storm-over`]);
    expect(await world.ports.incidents.get(id)).toMatchObject({ state: 'resolved' });
  });

  it('is told by the next sweep when this one is killed before it could', async () => {
    const id = await storm();
    const list: Ports['incidents']['list'] = () => Promise.reject(new Error('killed'));
    const incidents = { ...world.ports.incidents, list };
    await expect(sweep(31_000, { ...world.ports, incidents })).rejects.toThrow('killed');
    expect((await sweep(32_000)).asked).toContain(`${id}+storm-over`);
    expect((await sweep(120 * MINUTE)).asked).not.toContain(`${id}+storm-over`);
  });

  it('ends without a word where ends are not told, or by hand', async () => {
    await storm({ tellEnd: false });
    expect((await sweep(31_000)).asked).toEqual([]);
    const id = await storm();
    await world.ports.incidents.resolve(id, 'guard', AT);
    expect((await sweep(31_000)).asked).toEqual([]);
  });
});
