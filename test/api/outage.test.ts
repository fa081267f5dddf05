import { startTestApi } from '../support/api.js';

it('without Redis the API says so, stays alive, and recovers', async () => {
  const api = await startTestApi();
  try {
    const enqueue = () =>
      api.fetch('/api/v1/jobs/motion', { as: 'operator', method: 'POST', json: { cameraId: 'gate-1' } });
    expect((await enqueue()).status).toBe(202);
    await api.redis.kill();
    const refused = await enqueue();
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await refused.json()).toMatchObject({ error: { code: 'unavailable' } });
    expect((await api.fetch('/api/v1/cameras', { as: 'viewer' })).status).toBe(503);
    const ready = await api.fetch('/readyz');
    expect([ready.status, await ready.json()]).toEqual([503, { status: 'not ready' }]);
    expect((await api.fetch('/healthz')).status).toBe(200);
    await api.redis.restart();
    while ((await api.fetch('/readyz')).status !== 200);
    expect((await enqueue()).status).toBe(202);
  } finally {
    await api.stop();
  }
});
