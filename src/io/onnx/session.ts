import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { KINDS } from '../../../models/decode/kinds.js';
import type { NetworkSpec, TensorView } from '../../../models/network.js';
import type { Size } from '../../domain/geometry.js';
import { messageOf, PermanentError } from '../../errors.js';

/** A loaded network whose inputs and outputs are known to be what its description says. */
export interface LoadedNetwork {
  /** The network's input for that size, three planes; written by the caller before each run. */
  input(size: Size): Float32Array;
  /** Runs the network on `input(size)`; the outputs in the file's order. One run at a time. */
  run(size: Size): Promise<TensorView[]>;
}

/**
 * Loads a network for one core: processes scale it, not threads.
 * @param path of the ONNX file
 * @throws PermanentError when the file is missing, damaged, no ONNX or not what `spec` says.
 */
export async function loadNetwork(path: string, spec: NetworkSpec): Promise<LoadedNetwork> {
  const session = await openSession(await readVerified(path, spec), path, spec);
  const inputName = checkInput(session, path, spec);
  // One buffer for all sizes: a smaller input is its beginning.
  const values = new Float32Array(3 * spec.height * spec.width);
  const input = ({ width, height }: Size): Float32Array => values.subarray(0, 3 * height * width);
  const run = async (size: Size): Promise<TensorView[]> => {
    const tensor = new Tensor('float32', input(size), [1, 3, size.height, size.width]);
    const results = await session.run({ [inputName]: tensor });
    return session.outputNames.map((name) => {
      const output = results[name];
      if (!(output?.data instanceof Float32Array))
        throw wrong(path, spec, `its output ${name} is of type ${output?.type ?? 'none'}`, 'float32');
      return { dims: output.dims, data: output.data };
    });
  };
  // The first run answers what metadata may leave open (dimensions without a number).
  const outputs = await run(spec);
  const expected = KINDS[spec.decode].decoder.mismatch(outputs, spec);
  if (expected !== undefined) {
    const found = outputs.map(({ dims }) => `[${dims.join(', ')}]`).join(', ');
    throw wrong(path, spec, `its outputs are ${found}`, expected);
  }
  return { input, run };
}

/** What a network's file must be; `source`: one of those we ship. */
type FileSpec = Pick<NetworkSpec, 'name' | 'sha256'> & { readonly source?: unknown };

/**
 * A session of any network, one thread, its file verified.
 * @throws PermanentError when the file is missing, damaged or no ONNX.
 */
export async function openNetwork(path: string, spec: FileSpec): Promise<InferenceSession> {
  // Inputs of many sizes: a memory plan kept for each of them would add up.
  return openSession(await readVerified(path, spec), path, spec, {
    enableMemPattern: false,
  });
}

async function readVerified(path: string, spec: FileSpec): Promise<Buffer> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const reason =
      (error as NodeJS.ErrnoException).code === 'ENOENT'
        ? 'is missing'
        : `cannot be read (${messageOf(error)})`;
    throw new PermanentError(`network ${spec.name}: ${path} ${reason}; ${fixOf(spec)}`);
  }
  if (spec.sha256 !== undefined) {
    const found = createHash('sha256').update(bytes).digest('hex');
    if (found !== spec.sha256) {
      throw new PermanentError(
        `network ${spec.name}: ${path} is not the expected file (SHA-256 ${found}, expected ${spec.sha256}); ${fixOf(spec)}`,
      );
    }
  }
  return bytes;
}

function fixOf(spec: FileSpec): string {
  return spec.source
    ? 'run scripts/fetch-models.sh (scripts/setup.sh does it too)'
    : 'check `file` and `sha256` under `networks` in the camera file';
}

/**
 * ONNX Runtime 1.30 carries an uploader for usage data, which also writes its logs to the temporary folder. A camera
 * system reports to nobody; the switch is read when the first session is made.
 */
function switchOffTelemetry(): void {
  process.env['ORT_DISABLE_TELEMETRY'] = '1';
}

async function openSession(
  bytes: Buffer,
  path: string,
  spec: FileSpec,
  memory: Pick<InferenceSession.SessionOptions, 'enableMemPattern'> = {},
): Promise<InferenceSession> {
  switchOffTelemetry();
  try {
    return await InferenceSession.create(bytes, {
      ...memory,
      executionProviders: ['cpu'],
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      logSeverityLevel: 3,
    });
  } catch (error) {
    throw new PermanentError(
      `network ${spec.name}: ${path} is no ONNX network that can be loaded: ${messageOf(error)}`,
    );
  }
}

/** @returns the input's name. */
function checkInput(session: InferenceSession, path: string, spec: NetworkSpec): string {
  const expected = [1, 3, spec.height, spec.width];
  const found = session.inputMetadata.map((meta) =>
    meta.isTensor ? `${meta.type} [${meta.shape.join(', ')}]` : meta.name,
  );
  const [input] = session.inputMetadata;
  const fits =
    session.inputMetadata.length === 1 &&
    input?.isTensor === true &&
    input.type === 'float32' &&
    input.shape.length === 4 &&
    // A dimension without a number takes any size.
    expected.every(
      (size, axis) =>
        typeof input.shape[axis] !== 'number' || input.shape[axis] < 0 || input.shape[axis] === size,
    );
  if (!fits)
    throw wrong(
      path,
      spec,
      `its inputs are ${found.join(', ')}`,
      `one input float32 [${expected.join(', ')}] (width and height as configured)`,
    );
  return input.name;
}

function wrong(path: string, spec: NetworkSpec, found: string, expected: string): PermanentError {
  return new PermanentError(
    `network ${spec.name}: ${path} is no ${spec.decode} network of ${spec.width}x${spec.height}: ${found}; expected ${expected}`,
  );
}
