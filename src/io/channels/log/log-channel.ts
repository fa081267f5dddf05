import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { NotReadyError } from '../../../errors.js';
import type { Message } from '../../../domain/alerting/message.js';
import type { NotificationChannel } from '../../../ports/alerting.js';

/** A full disk or a missing right is put in order by people. */
const UNWRITABLE_RETRY_MS = 60_000;

/**
 * For a first start: one line of JSON a message, on the disk when `send` returns. The file is opened for each message, so
 * that logrotate may move it away; several processes may write to it.
 * @param options.path absolute; its folder is made where it is missing
 */
export function createLogChannel(options: { readonly path: string }): NotificationChannel {
  const { path } = options;
  return {
    channel: 'log',
    ratePerS: 200,
    send: async (message, to, signal) => {
      signal.throwIfAborted();
      const line = `${JSON.stringify(lineOf(message, to.id))}\n`;
      try {
        await mkdir(dirname(path), { recursive: true });
        // Messages hold plates and links that acknowledge.
        const file = await open(path, 'a+', 0o600);
        try {
          await append(file, line);
        } finally {
          await file.close();
        }
      } catch (error) {
        throw new NotReadyError(
          `the notification log ${path} cannot be written (${(error as NodeJS.ErrnoException).code ?? 'it is full'}): set NOTIFY_LOG to a file that can`,
          UNWRITABLE_RETRY_MS,
        );
      }
      return { detail: 'written to the notification log' };
    },
    close: async () => undefined,
  };
}

function lineOf({ id, facts, words }: Message, recipient: string) {
  const { incident } = facts;
  return {
    time: new Date().toISOString(),
    id,
    occasion: facts.occasion,
    incident: incident.id,
    number: incident.number,
    severity: incident.severity,
    recipient,
    title: words.title,
    body: words.body,
  };
}

async function append(file: FileHandle, line: string): Promise<void> {
  const { size } = await file.stat();
  const last = Buffer.alloc(1);
  if (size > 0) await file.read(last, 0, 1, size - 1);
  // A line that a full disk cut off stays a line of its own.
  const bytes = Buffer.from(size > 0 && last.toString() !== '\n' ? `\n${line}` : line);
  const { bytesWritten } = await file.write(bytes);
  if (bytesWritten < bytes.length) throw new Error('cut off');
  await file.datasync();
}
