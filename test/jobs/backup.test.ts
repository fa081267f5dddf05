import { handle } from '../../jobs/backup/handler.js';
import type { Backup, Backups } from '../../src/ports/backups.js';
import type { AuditEntry } from '../../src/ports/audit.js';
import { testContext } from '../support/job-context.js';

/** The port is played by hand: the adapter is tested with real databases in test/io/backup. */
const AT = 1_795_251_600_000;
const MADE: Backup = {
  ...{ key: 'camqueue-2026-11-22T02-50-00Z.backup', madeAt: AT, bytes: 10, sha256: 'aa', rows: { event: 1 } },
  isEncrypted: false,
};

function rig(make: Backups['make'], isLastAttempt = false) {
  const entries: AuditEntry[] = [];
  const audit = { append: async (entry: AuditEntry) => void entries.push(entry) };
  const backups: Backups = {
    ...{
      place: '/mnt/nas',
      make,
      list: async () => [],
      keepNewest: async (count: number) => (count === 14 ? 2 : 0),
    },
  };
  const context = testContext<'backups' | 'audit'>({ backups, audit: audit as never }, { isLastAttempt });
  return { context, entries };
}

test('a backup is made, the oldest go, and the trail says so', async () => {
  const { context, entries } = rig(async () => MADE);
  expect(await handle({ at: AT, keep: 14 }, context)).toMatchObject({
    outcome: 'done',
    result: { key: MADE.key, place: '/mnt/nas', removed: 2 },
  });
  expect(entries).toMatchObject([{ action: 'backup.made', subject: MADE.key, detail: { removed: 2 } }]);
});

test.each([
  [false, 0],
  [true, 1],
])('a failure, last attempt %s: %d alerts', async (isLastAttempt, alerts) => {
  const { context } = rig(() => Promise.reject(new Error('the disk is full')), isLastAttempt);
  await expect(handle({ at: AT, keep: 14 }, context)).rejects.toThrow('the disk is full');
  expect(context.followUps).toHaveLength(alerts);
  if (alerts > 0)
    expect(context.followUps[0]).toMatchObject({
      queue: 'alert',
      payload: {
        kind: 'backup-failed',
        severity: 'critical',
        summary: 'the backup to /mnt/nas failed: the disk is full',
      },
    });
});
