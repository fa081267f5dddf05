import fc from 'fast-check';
import {
  createRtmpReader,
  createRtmpWriter,
  type RtmpMessage,
  SET_CHUNK_SIZE,
} from '../../src/io/restream/rtmp-chunks.js';
import { parseRestreamAddress, restreamLabel } from '../../src/domain/restream-address.js';

const message = fc.record({
  chunkStream: fc.constantFrom(2, 3, 8, 63, 64, 319, 320, 65_599),
  type: fc.constantFrom(8, 9, 18, 20),
  streamId: fc.constantFrom(0, 1, 0x01020304),
  timestamp: fc.constantFrom(0, 1, 40, 0xfffffe, 0xffffff, 0x1000000, 0xffffffff),
  payload: fc.uint8Array({ maxLength: 700 }).map((bytes) => Buffer.from(bytes)),
});
const chunkSize = fc.integer({ min: 1, max: 4096 }).map((size): RtmpMessage => {
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(size);
  return { chunkStream: 2, type: SET_CHUNK_SIZE, streamId: 0, timestamp: 0, payload };
});

test('RTMP: what is written as chunks is read as it was, however it is cut on the way', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof({ weight: 5, arbitrary: message }, chunkSize), { maxLength: 12 }),
      fc.integer({ min: 1, max: 300 }),
      (messages, cut) => {
        const write = createRtmpWriter();
        const bytes = Buffer.concat(messages.map(write));
        const got: RtmpMessage[] = [];
        const read = createRtmpReader((one) => got.push(one));
        for (let at = 0; at < bytes.length; at += cut) read(bytes.subarray(at, at + cut));
        expect(got).toEqual(messages);
      },
    ),
    { numRuns: 60 },
  );
});

test('RTMP: headers that refer to the message before are understood', () => {
  const got: RtmpMessage[] = [];
  const read = createRtmpReader((one) => got.push(one));
  // Kind 0 (time 100, 2 bytes, type 9, stream 1), kind 2 (40 ms later), kind 3 (40 ms later still).
  read(Buffer.from([0x04, 0, 0, 100, 0, 0, 2, 9, 1, 0, 0, 0, 7, 8, 0x84, 0, 0, 40, 9, 10, 0xc4, 11, 12]));
  expect(got.map(({ timestamp, payload }) => [timestamp, [...payload]])).toEqual([
    [100, [7, 8]],
    [140, [9, 10]],
    [180, [11, 12]],
  ]);
});

test.each([
  ['rtmp://h/live/KEY', 'rtmp://h/live/***', { host: 'h', port: 1935, isTls: false, path: '/live/KEY' }],
  ['rtmps://h/live/KEY?pass=x', 'rtmps://h/live/***', { port: 443, isTls: true, path: '/live/KEY?pass=x' }],
  [
    'rtsp://u:p%40@[::1]:8554/a',
    'rtsp://***@[::1]:8554/a',
    { host: '::1', port: 8554, credentials: { user: 'u', password: 'p@' } },
  ],
  ['rtsps://h/a?token=x', 'rtsps://h/a', { port: 322, isTls: true }],
])('%s is shown as %s', (url, label, parts) => {
  expect(restreamLabel(url)).toBe(label);
  expect(parseRestreamAddress(url)).toMatchObject({ ...parts, label });
});
