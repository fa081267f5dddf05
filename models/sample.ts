import type { Box, Size, UnitBox } from '../src/domain/geometry.js';
import type { Picture } from '../src/domain/picture.js';
import type { InputSpec } from './network.js';
import { scalePlane } from './scale-plane.js';

/** What a sampler needs to know of a network. */
export interface SampleTarget extends Size {
  readonly input: InputSpec;
}

/**
 * Where the looked-at region lies in the network's input, in its pixels; the rest is padding.
 * @param look region of the picture, unit coordinates
 */
export function placement(picture: Size, look: UnitBox, target: SampleTarget): Box {
  if (target.input.fit === 'stretch') return { x: 0, y: 0, width: target.width, height: target.height };
  const scale = Math.min(
    target.width / (look.width * picture.width),
    target.height / (look.height * picture.height),
  );
  const side = (length: number, limit: number) => Math.max(1, Math.min(limit, Math.round(length * scale)));
  return {
    x: 0,
    y: 0,
    width: side(look.width * picture.width, target.width),
    height: side(look.height * picture.height, target.height),
  };
}

/**
 * The input a look needs: the network's own size, or, where it takes smaller ones, what the letterboxed region fills,
 * rounded up. Padding costs as much as picture.
 */
export function inputSizeFor(
  picture: Size,
  look: UnitBox,
  target: SampleTarget & { readonly sizeStep?: number },
): Size {
  const { sizeStep: step } = target;
  if (step === undefined) return { width: target.width, height: target.height };
  const filled = placement(picture, look, target);
  return {
    width: Math.min(target.width, Math.ceil(filled.width / step) * step),
    height: Math.min(target.height, Math.ceil(filled.height / step) * step),
  };
}

/** Writes a region of a picture into `tensor`, three planes of `size` (as `inputSizeFor` says), normalised. */
export type Sampler = (picture: Picture, look: UnitBox, tensor: Float32Array, size: Size) => void;

/**
 * A sampler for one network. It keeps its working memory between pictures and makes no picture on the way: planes
 * are scaled as they are and only the network's few pixels are converted to its colours.
 */
export function createSampler(network: SampleTarget): Sampler {
  const largest = network.width * network.height;
  const scratch = [new Float32Array(largest), new Float32Array(largest), new Float32Array(largest)] as const;
  return (picture, look, tensor, input) => {
    const plane = input.width * input.height;
    if (tensor.length !== 3 * plane)
      throw new RangeError(`tensor has ${tensor.length} values, the network takes ${3 * plane}`);
    const { width, height } = placement(picture, look, network);
    const target = { ...input, input: network.input };
    if (width < target.width || height < target.height) fillWithPadding(tensor, target);
    if (picture.format === 'rgb24') sampleRgb(picture, look, { width, height }, target, scratch, tensor);
    else sampleI420(picture, look, { width, height }, target, scratch, tensor);
  };
}

type Scratch = readonly [Float32Array, Float32Array, Float32Array];

function sampleRgb(
  picture: Picture,
  look: UnitBox,
  size: Size,
  target: SampleTarget,
  scratch: Scratch,
  tensor: Float32Array,
): void {
  const { mean, std, order } = target.input;
  for (let colour = 0; colour < 3; colour++) {
    const values = scratch[colour as 0 | 1 | 2];
    const source = {
      data: picture.data,
      offset: colour,
      step: 3,
      width: picture.width,
      height: picture.height,
    };
    scalePlane(source, look, size, values);
    const channel = order === 'rgb' ? colour : 2 - colour;
    const out = channel * target.width * target.height;
    const scale = 1 / (std[channel] ?? 1);
    const shift = -(mean[channel] ?? 0) * scale;
    for (let y = 0, from = 0; y < size.height; y++) {
      const row = out + y * target.width;
      for (let x = 0; x < size.width; x++, from++) tensor[row + x] = (values[from] ?? 0) * scale + shift;
    }
  }
}

function sampleI420(
  picture: Picture,
  look: UnitBox,
  size: Size,
  target: SampleTarget,
  scratch: Scratch,
  tensor: Float32Array,
): void {
  const { data, width, height } = picture;
  const chroma = { step: 1, data, width: Math.ceil(width / 2), height: Math.ceil(height / 2) };
  // Colour has half the resolution in the picture; half of the network's is enough for it here as well.
  const half = { width: Math.ceil(size.width / 2), height: Math.ceil(size.height / 2) };
  scalePlane({ data, offset: 0, step: 1, width, height }, look, size, scratch[0]);
  scalePlane({ ...chroma, offset: width * height }, look, half, scratch[1]);
  scalePlane({ ...chroma, offset: width * height + chroma.width * chroma.height }, look, half, scratch[2]);
  toColours(scratch, size, half.width, target, tensor);
}

/**
 * Limited-range BT.601 to the network's normalised colours. Coefficients: ITU-R BT.601-7, section 2.5. The
 * normalisation is folded into them: (value - mean) / std = value * scale + shift.
 */
function toColours(
  [luma, u, v]: Scratch,
  size: Size,
  halfWidth: number,
  target: SampleTarget,
  tensor: Float32Array,
): void {
  const plane = target.width * target.height;
  const order = target.input.order;
  const [red, green, blue] = [
    channelOf(order === 'rgb' ? 0 : 2, target.input),
    channelOf(1, target.input),
    channelOf(order === 'rgb' ? 2 : 0, target.input),
  ];
  const [redAt, blueAt] = order === 'rgb' ? [0, 2 * plane] : [2 * plane, 0];
  for (let y = 0; y < size.height; y++) {
    const row = y * target.width;
    const lumaRow = y * size.width;
    const chromaRow = (y >> 1) * halfWidth;
    for (let half = 0; half < halfWidth; half++) {
      const cb = u[chromaRow + half]! - 128;
      const cr = v[chromaRow + half]! - 128;
      const redPart = 1.596027 * cr * red.scale + red.black;
      const greenPart = (-0.391762 * cb - 0.812968 * cr) * green.scale + green.black;
      const bluePart = 2.017232 * cb * blue.scale + blue.black;
      const end = Math.min(2 * half + 2, size.width);
      for (let x = 2 * half; x < end; x++) {
        const light = luma[lumaRow + x]!;
        const at = row + x;
        tensor[redAt + at] = clamp(light * red.light + redPart, red.low, red.high);
        tensor[plane + at] = clamp(light * green.light + greenPart, green.low, green.high);
        tensor[blueAt + at] = clamp(light * blue.light + bluePart, blue.low, blue.high);
      }
    }
  }
}

/** A channel's normalisation: `low` and `high` are 0 and 255, `light` one step of luma, `black` what luma 0 gives. */
function channelOf(
  channel: number,
  { mean, std }: InputSpec,
): { scale: number; light: number; black: number; low: number; high: number } {
  const scale = 1 / (std[channel] ?? 1);
  const low = -(mean[channel] ?? 0) * scale;
  const light = 1.164384 * scale;
  return { scale, light, black: low - 16 * light, low, high: low + 255 * scale };
}

function clamp(value: number, low: number, high: number): number {
  return value < low ? low : value > high ? high : value;
}

function fillWithPadding(tensor: Float32Array, { width, height, input }: SampleTarget): void {
  const plane = width * height;
  for (let channel = 0; channel < 3; channel++) {
    tensor.fill(
      (input.padGrey - (input.mean[channel] ?? 0)) / (input.std[channel] ?? 1),
      channel * plane,
      (channel + 1) * plane,
    );
  }
}
