/** One RTMP message (Adobe's RTMP specification 1.0, section 5). */
export interface RtmpMessage {
  readonly chunkStream: number;
  readonly type: number;
  readonly streamId: number;
  /** ms, modulo 2^32 */
  readonly timestamp: number;
  readonly payload: Buffer;
}

export const SET_CHUNK_SIZE = 1;
export const VIDEO = 9;
export const COMMAND = 20;

const DEFAULT_CHUNK = 128;
/** Of the longest message taken: a key frame of a very large picture. */
const MOST_BYTES = 16 * 1024 ** 2;
const EXTENDED = 0xffffff;
const HEADER_BYTES = [11, 7, 3, 0] as const;

interface StreamState {
  type: number;
  length: number;
  streamId: number;
  timestamp: number;
  delta: number;
  isExtended: boolean;
  parts: Buffer[];
  got: number;
}

/** Puts the messages of a chunk stream together. */
export function createRtmpReader(onMessage: (message: RtmpMessage) => void): (bytes: Buffer) => void {
  const streams = new Map<number, StreamState>();
  let chunkBytes = DEFAULT_CHUNK;
  let rest: Buffer = Buffer.alloc(0);

  /** @returns how many bytes the first chunk has; 0: it is not there as a whole. */
  function takeChunk(bytes: Buffer): number {
    const first = bytes[0];
    if (first === undefined) return 0;
    const kind = (first >> 6) as 0 | 1 | 2 | 3;
    const low = first & 0x3f;
    const idBytes = low === 0 ? 2 : low === 1 ? 3 : 1;
    const head = idBytes + HEADER_BYTES[kind];
    if (bytes.length < head) return 0;
    const id = low === 0 ? 64 + bytes.readUInt8(1) : low === 1 ? 64 + bytes.readUInt16LE(1) : low;
    const before = streams.get(id);
    if (!before && kind !== 0) throw new Error(`chunk stream ${id} begins without a header`);
    const state = before ?? newState();
    const stamp = kind === 3 ? undefined : bytes.readUIntBE(idBytes, 3);
    const isExtended = stamp === undefined ? state.isExtended : stamp === EXTENDED;
    const from = head + (isExtended ? 4 : 0);
    if (bytes.length < from) return 0;
    const length = kind <= 1 ? bytes.readUIntBE(idBytes + 3, 3) : state.length;
    if (length > MOST_BYTES) throw new Error(`a message of ${length} bytes`);
    const end = from + Math.min(chunkBytes, length - state.got);
    if (bytes.length < end) return 0;
    streams.set(id, state);
    const isNew = state.got === 0;
    const time = isExtended ? bytes.readUInt32BE(head) : (stamp ?? state.delta);
    if (isNew) {
      if (kind === 0) Object.assign(state, { timestamp: time, delta: 0 });
      else Object.assign(state, { timestamp: (state.timestamp + time) >>> 0, delta: time });
      if (kind <= 1) Object.assign(state, { length, type: bytes.readUInt8(idBytes + 6) });
      if (kind === 0) state.streamId = bytes.readUInt32LE(idBytes + 7);
      state.isExtended = isExtended;
    }
    state.parts.push(Buffer.from(bytes.subarray(from, end)));
    state.got += end - from;
    if (state.got >= state.length) finish(id, state);
    return end;
  }

  function finish(chunkStream: number, state: StreamState): void {
    const payload = Buffer.concat(state.parts.splice(0));
    state.got = 0;
    const { type, streamId, timestamp } = state;
    if (type === SET_CHUNK_SIZE && payload.length >= 4)
      chunkBytes = Math.max(1, payload.readUInt32BE(0) & 0x7fffffff);
    onMessage({ chunkStream, type, streamId, timestamp, payload });
  }

  return (bytes) => {
    rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
    let at = 0;
    for (let taken = takeChunk(rest); taken > 0; taken = takeChunk(rest.subarray(at))) at += taken;
    rest = rest.subarray(at);
  };
}

function newState(): StreamState {
  return { type: 0, length: 0, streamId: 0, timestamp: 0, delta: 0, isExtended: false, parts: [], got: 0 };
}

/** Writes messages as chunks, each with a whole header: it says the same whatever came before it. */
export function createRtmpWriter(): (message: RtmpMessage) => Buffer {
  let chunkBytes = DEFAULT_CHUNK;
  return ({ chunkStream, type, streamId, timestamp, payload }) => {
    const isExtended = timestamp >= EXTENDED;
    const head = Buffer.alloc(11);
    head.writeUIntBE(isExtended ? EXTENDED : timestamp, 0, 3);
    head.writeUIntBE(payload.length, 3, 3);
    head.writeUInt8(type, 6);
    head.writeUInt32LE(streamId, 7);
    const extension = Buffer.alloc(isExtended ? 4 : 0);
    if (isExtended) extension.writeUInt32BE(timestamp);
    const parts = [basicHeader(0, chunkStream), head, extension, payload.subarray(0, chunkBytes)];
    for (let at = chunkBytes; at < payload.length; at += chunkBytes)
      parts.push(basicHeader(3, chunkStream), extension, payload.subarray(at, at + chunkBytes));
    if (type === SET_CHUNK_SIZE && payload.length >= 4)
      chunkBytes = Math.max(1, payload.readUInt32BE(0) & 0x7fffffff);
    return Buffer.concat(parts);
  };
}

function basicHeader(kind: number, chunkStream: number): Buffer {
  if (chunkStream < 64) return Buffer.from([(kind << 6) | chunkStream]);
  if (chunkStream < 320) return Buffer.from([kind << 6, chunkStream - 64]);
  const id = chunkStream - 64;
  return Buffer.from([(kind << 6) | 1, id & 0xff, id >> 8]);
}
