import type { Camera } from '../domain/camera.js';
import { SourceError } from '../domain/frame-source.js';
import { parseSource } from '../domain/source-address.js';
import type { ApiDeps } from './deps.js';
import { HttpError } from './http-error.js';

export type SourcesToTest = Pick<Camera, 'source' | 'transport'> & {
  readonly detectSource?: string | undefined;
};

/** A camera that answers does so in a few seconds; some need ten to wake up. */
const TEST_WITHIN_MS = 20_000;
/** Each test is a process of ffmpeg. */
const TESTS_AT_ONCE = 4;

/** What a source sends; sizes in pixels. */
export interface TestedSource {
  readonly codec?: string;
  readonly width: number;
  readonly height: number;
  readonly fps?: number;
  readonly durationMs?: number;
  /** `data:` URL of a JPEG. */
  readonly snapshot?: string;
}

/**
 * Makes the test of a camera: opens its source, and its sub-stream when it has one, one after the other.
 * The test throws HttpError 422 with the fault as its code and what to do as its message, 429 while too many run.
 */
export function testSources(
  deps: ApiDeps,
): (camera: SourcesToTest, signal: AbortSignal) => Promise<TestedSource & { detect?: TestedSource }> {
  let running = 0;
  return async (camera, signal) => {
    if (running >= TESTS_AT_ONCE)
      throw new HttpError(429, 'busy', `${TESTS_AT_ONCE} tests are running already; try again in a moment`);
    running++;
    try {
      const main = await testSource(deps, camera, 'source', signal);
      if (camera.detectSource === undefined) return main;
      return { ...main, detect: await testSource(deps, camera, 'detectSource', signal) };
    } finally {
      running--;
    }
  };
}

/**
 * Opens one source for a moment.
 * @throws HttpError 422 with the fault as its code and what to do as its message
 */
export async function testSource(
  { sources, ports }: { sources: ApiDeps['sources']; ports: Pick<ApiDeps['ports'], 'pictures'> },
  camera: SourcesToTest,
  field: 'source' | 'detectSource',
  asked: AbortSignal,
): Promise<TestedSource> {
  const tooLong = AbortSignal.timeout(TEST_WITHIN_MS);
  const signal = AbortSignal.any([asked, tooLong]);
  try {
    const address = parseSource(camera[field] ?? '');
    if (address.kind === 'file') {
      const { width, height, durationMs } = await sources.inspect(address.location, signal);
      return { width, height, ...(durationMs !== undefined && { durationMs }) };
    }
    const { picture, ...info } = await sources.probe(address, { transport: camera.transport, signal });
    const jpeg = await ports.pictures.jpeg(picture);
    return { ...info, snapshot: `data:image/jpeg;base64,${jpeg.toString('base64')}` };
  } catch (error) {
    if (error instanceof SourceError)
      throw new HttpError(422, error.problem.fault, error.problem.message, field);
    if (tooLong.aborted)
      throw new HttpError(
        422,
        'timeout',
        `${field}: nothing that can be decoded came within ${TEST_WITHIN_MS / 1000} s; check the network and that the camera is on`,
        field,
      );
    throw error;
  }
}
