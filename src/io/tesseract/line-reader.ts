import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { createWorker, OEM, PSM, type Worker } from 'tesseract.js';
import type { LineText, PlacedChar } from '../../domain/plates/text-line.js';

/** Reads lines of text with Tesseract's LSTM network, in a thread of its own that `close` ends. */
export interface TesseractLines {
  /** @param rgb R, G, B bytes of a straightened line */
  read(rgb: Uint8Array, width: number, height: number): Promise<LineText>;
  close(): Promise<void>;
}

const WHITELIST = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.';
/** Tesseract reads best with a quiet edge around the text. */
const EDGE_PX = 10;

/** @throws Error when its language data is missing. */
export async function openTesseract(): Promise<TesseractLines> {
  const data = dirname(require.resolve('@tesseract.js-data/eng/package.json'));
  // From the installed package: nothing is fetched, nothing is cached on the disk.
  const worker = await createWorker('eng', OEM.LSTM_ONLY, {
    langPath: join(data, '4.0.0_best_int'),
    gzip: true,
    cacheMethod: 'none',
  });
  await worker.setParameters({
    tessedit_pageseg_mode: PSM.SINGLE_LINE,
    tessedit_char_whitelist: WHITELIST,
    lstm_choice_mode: '2' as never,
    // A line has no resolution; without one Tesseract guesses and complains on stderr.
    user_defined_dpi: '300',
  });
  return {
    read: async (rgb, width, height) => {
      const png = await sharp(rgb, { raw: { width, height, channels: 3 } })
        .extend({ top: EDGE_PX, bottom: EDGE_PX, left: EDGE_PX, right: EDGE_PX, extendWith: 'copy' })
        .greyscale()
        .normalise()
        .png({ compressionLevel: 0 })
        .toBuffer();
      return textOf(await symbols(worker, png), width);
    },
    close: async () => {
      await worker.terminate();
    },
  };
}

interface Symbol {
  readonly text: string;
  /** 0..100 */
  readonly confidence: number;
  readonly choices?: readonly { readonly text: string; readonly confidence: number }[];
  readonly bbox: { readonly x0: number; readonly x1: number };
}

async function symbols(worker: Worker, png: Buffer): Promise<Symbol[]> {
  const { data } = await worker.recognize(png, {}, { blocks: true, text: false });
  return (data.blocks ?? []).flatMap(({ paragraphs }) =>
    paragraphs.flatMap(({ lines }) => lines.flatMap(({ words }) => words.flatMap((word) => word.symbols))),
  );
}

function textOf(found: readonly Symbol[], width: number): LineText {
  const chars = found
    .map((symbol): PlacedChar => {
      const middle = (symbol.bbox.x0 + symbol.bbox.x1) / 2 - EDGE_PX;
      return { options: optionsOf(symbol), at: Math.max(0, Math.min(1, middle / width)) };
    })
    .filter(({ options }) => options.length > 0);
  const legible = chars.reduce((sum, { options }) => sum + options[0]!.p, 0) / Math.max(1, chars.length);
  return { chars, legible };
}

/** The chosen character first; what is left of its certainty is shared by the others as Tesseract weighs them. */
function optionsOf({ text, confidence, choices = [] }: Symbol): PlacedChar['options'] {
  const char = text.trim().toUpperCase();
  if (char.length !== 1) return [];
  const p = Math.max(0.01, Math.min(1, confidence / 100));
  const others = choices.filter((choice) => choice.text.length === 1 && choice.text.toUpperCase() !== char);
  const total = others.reduce((sum, choice) => sum + choice.confidence, 0);
  const rest = others
    .slice(0, 4)
    .map((choice) => ({
      char: choice.text.toUpperCase(),
      p: ((1 - p) * choice.confidence) / Math.max(total, 1e-6),
    }))
    .filter((option) => option.p > 0.004);
  return [{ char, p }, ...rest.sort((a, b) => b.p - a.p)];
}
