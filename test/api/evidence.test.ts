import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readKeys } from '../../src/io/evidence/check-signature.js';
import { verifyPath } from '../../src/io/evidence/verify-path.js';
import { startTestApi, type TestApi } from '../support/api.js';
import { evidenceOrder } from '../support/evidence.js';

const NEVER = new AbortController().signal;

describe('evidence over HTTP', () => {
  let api: TestApi;

  beforeAll(async () => {
    api = await startTestApi();
    const { evidence } = api.deps.ports;
    await evidence.seal(evidenceOrder('a'), NEVER);
    await evidence.seal(evidenceOrder('b'), NEVER);
  });
  afterAll(() => api.stop());

  it('lists packages, newest first, without saying where they lie', async () => {
    const answer = await api.fetch('/api/v1/evidence?camera=gate-1', { as: 'viewer' });
    const { packages } = (await answer.json()) as { packages: Record<string, unknown>[] };
    expect(packages.map(({ id, number }) => [id, number])).toEqual([
      ['b', 2],
      ['a', 1],
    ]);
    expect(JSON.stringify(packages)).not.toContain('evidence/');
    const none = await api.fetch('/api/v1/evidence?camera=yard', { as: 'viewer' });
    expect(await none.json()).toEqual({ packages: [] });
  });

  it('gives a manifest, a ZIP that the keys prove, and writes down who took it', async () => {
    const found = (await (await api.fetch('/api/v1/evidence/a', { as: 'operator' })).json()) as {
      zip: { bytes: number; sha256: string };
      manifest: object;
    };
    expect(found.manifest).toMatchObject({
      id: 'a',
      number: 1,
      requested: { reason: 'a fight at the gate' },
    });
    const answer = await api.fetch('/api/v1/evidence/a/package.zip', { as: 'operator' });
    expect(answer.headers.get('content-type')).toBe('application/zip');
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename=evidence-gate-1-1.zip');
    const bytes = Buffer.from(await answer.arrayBuffer());
    expect([bytes.length, createHash('sha256').update(bytes).digest('hex')]).toEqual([
      found.zip.bytes,
      found.zip.sha256,
    ]);
    const keys = await api.fetch('/api/v1/evidence/keys', { as: 'viewer' });
    expect(keys.headers.get('content-type')).toContain('text/plain');
    const folder = await mkdtemp(join(tmpdir(), 'camqueue-download-'));
    await writeFile(join(folder, 'x.zip'), bytes);
    const verdict = await verifyPath(join(folder, 'x.zip'), readKeys(await keys.text(), 'the API'), NEVER);
    await rm(folder, { recursive: true });
    expect(verdict).toMatchObject({ problems: [], isTrusted: true });
    const [entry] = await api.deps.ports.audit.list({ action: 'evidence.download', limit: 9 });
    expect(entry).toMatchObject({
      actor: 'key:o',
      subject: 'evidence/a',
      detail: { camera: 'gate-1', number: 1 },
    });
  });

  it('says that the files are gone when they are', async () => {
    await api.deps.ports.evidence.removeFiles('b', NEVER);
    const answer = await api.fetch('/api/v1/evidence/b/package.zip', { as: 'operator' });
    expect(answer.status).toBe(410);
    expect((await api.fetch('/api/v1/evidence/b', { as: 'operator' })).status).toBe(200);
  });
});
