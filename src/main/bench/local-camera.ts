import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Socket } from 'node:net';

/** A camera on this machine: a clip sent live, as MPEG-TS over TCP, by this process. */
export interface LocalCamera {
  /** For the camera file. */
  readonly source: string;
  /** When the last byte of the clip's nth frame (from 0) was handed to the network, epoch ms; `undefined`: not yet. */
  sentAt(frame: number): number | undefined;
  close(): Promise<void>;
}

/**
 * Whoever connects gets the clip from its beginning, each frame at its time, and nothing after it.
 * @param clip MPEG-TS of one video stream @param delayMs from the connection to the first frame
 */
export async function openLocalCamera(clip: string, fps: number, delayMs = 0): Promise<LocalCamera> {
  const frames = framesOf(await readFile(clip));
  let socket: Socket | undefined;
  let timer: NodeJS.Timeout | undefined;
  let sent: number[] = [];

  function send(startAt: number): void {
    for (let frame = frames[sent.length]; frame; frame = frames[sent.length]) {
      const inMs = startAt + (sent.length * 1000) / fps - performance.now();
      if (inMs > 0) {
        timer = setTimeout(send, inMs, startAt);
        return;
      }
      socket?.write(frame);
      sent.push(Date.now());
    }
  }

  const server = createServer((next) => {
    clearTimeout(timer);
    socket?.destroy();
    sent = [];
    socket = next.setNoDelay().on('error', () => undefined); // the reader has gone: it connects again, or the bench ends
    send(performance.now() + delayMs);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    source: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sentAt: (frame) => sent[frame],
    async close() {
      clearTimeout(timer);
      socket?.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** ISO/IEC 13818-1: packets of 188 bytes; tables go with the frame before them. */
const PACKET_BYTES = 188;

function framesOf(stream: Buffer): Buffer[] {
  const starts: number[] = [];
  for (let at = 0; at + PACKET_BYTES <= stream.length; at += PACKET_BYTES)
    if (beginsFrame(stream.subarray(at, at + PACKET_BYTES))) starts.push(at);
  return starts.map((start, i) => stream.subarray(i === 0 ? 0 : start, starts[i + 1] ?? stream.length));
}

/** Its payload is the first of a unit (second byte), and that is a video packet (start code 00 00 01 E0…EF). */
function beginsFrame(packet: Buffer): boolean {
  const isFirst = (packet.readUInt8(1) & 0x40) !== 0;
  const hasAdaptation = (packet.readUInt8(3) & 0x20) !== 0;
  const payloadAt = hasAdaptation ? 5 + packet.readUInt8(4) : 4;
  if (!isFirst || payloadAt + 4 > PACKET_BYTES) return false;
  return packet.readUInt32BE(payloadAt) >>> 4 === 0x1e;
}
