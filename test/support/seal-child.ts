// A process of its own that seals packages of evidence, started by test/io/evidence/kill.test.ts. Arguments: address of the
// database as JSON, folder of the storage, ids with commas between, and the write to the storage before which it dies.
import { openDatabase } from '../../src/io/sql/open.js';
import { createEvidencePackages } from '../../src/io/evidence/packages.js';
import { createFolderStore } from '../../src/io/storage/folder-store.js';
import type { Address } from './databases.js';
import { EVIDENCE_SECRET, evidenceOrder } from './evidence.js';

const [address = '{}', dir = '', ids = '', diesAt = ''] = process.argv.slice(2);

async function main(): Promise<void> {
  const database = await openDatabase(JSON.parse(address) as Address);
  const store = createFolderStore(dir);
  let puts = 0;
  const evidence = createEvidencePackages(database, {
    storage: {
      ...store,
      put: async (key, source, options) => {
        if (String(puts++) === diesAt) process.kill(process.pid, 'SIGKILL');
        return store.put(key, source, options);
      },
    },
    ...{ secret: EVIDENCE_SECRET, version: '1.2.3' },
  });
  process.once('message', () => {
    void (async () => {
      for (const id of ids.split(',')) await evidence.seal(evidenceOrder(id), new AbortController().signal);
      await database.close();
      process.disconnect();
    })();
  });
  process.send?.('ready');
}

void main();
