import { createEventStore } from '../../src/io/sql/event-store.js';
import { openDatabase } from '../../src/io/sql/open.js';
import type { Address } from './databases.js';

/** A process of its own: says `open`; on any message writes events one by one, naming each when it is stored. */
async function main(): Promise<void> {
  const [address = '', name = ''] = process.argv.slice(2);
  const events = createEventStore(await openDatabase(JSON.parse(address) as Address));
  process.once('message', () => {
    void (async () => {
      for (let i = 0; ; i += 1) {
        const id = `${name}-${i}`;
        await events.add([{ type: 'motion', id, cameraId: 'gate-1', at: i, phase: 'begin' }]);
        process.send?.(id);
        // Let the message out and the parent be heard.
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
  });
  process.send?.('open');
}

void main();
