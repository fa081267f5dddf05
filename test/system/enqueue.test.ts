import { cli, Installation, needFreshBuild, type Ended } from '../support/system.js';

describe('camqueue enqueue', () => {
  let installation: Installation;

  beforeAll(needFreshBuild);
  beforeEach(() => {
    installation = new Installation({ cameras: [{ id: 'door', source: 'unused.mp4' }] });
  });
  afterEach(() => installation.remove());

  const camqueue = (...args: string[]): Promise<Ended> =>
    cli([...args, '--json', '--data', installation.data]);
  const alert = (more: object): string =>
    JSON.stringify({
      id: 'door-1',
      cameraId: 'door',
      kind: 'intrusion',
      at: 1795251600000,
      summary: 'open',
      ...more,
    });

  it('waits for the end of the job; the same id is the same job', async () => {
    installation.start(['worker', 'alert', 'notification', '--cameras', installation.cameraFile]);
    const first = await camqueue('enqueue', 'alert', alert({}), '--wait');
    expect([first.code, first.stderr]).toEqual([0, '']);
    expect(JSON.parse(first.stdout)).toMatchObject({
      id: 'alert-door-1',
      state: 'completed',
      outcome: 'done',
    });

    const again = await camqueue('enqueue', 'alert', alert({ summary: 'said again' }));
    expect(JSON.parse(again.stdout)).toEqual({ queue: 'alert', id: 'alert-door-1', created: false });
    const listed = await camqueue('jobs', 'list', 'alert', '--state', 'completed');
    expect(listed.stdout.match(/"id":"alert-/g)).toHaveLength(1);
  });

  it('ends with 1 when the job fails, and says why', async () => {
    installation.start(['worker', 'alert', '--cameras', installation.cameraFile]);
    const ended = await camqueue('enqueue', 'alert', alert({ cameraId: 'gate' }), '--wait');
    expect(ended.code).toBe(1);
    expect(JSON.parse(ended.stdout)).toMatchObject({ state: 'failed' });
    expect(ended.stdout).toContain('there is no camera \\"gate\\"');
  });
});
