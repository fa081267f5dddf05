import { LINE_HEIGHT } from '../../../models/ppocr-v4/recognition.js';
import { openTesseract, type TesseractLines } from '../tesseract/line-reader.js';
import type { LineReader } from './read-line.js';
import type { TextNetwork } from './text-network.js';

/** `both`: Tesseract is asked where PP-OCR is unsure. */
export type OcrEngine = 'ppocr' | 'tesseract' | 'both';

/** The reader of lines for an engine; Tesseract's thread starts when it is first asked and ends with `close`. */
export function lineReader(engine: OcrEngine, network: TextNetwork): LineReader & { close(): Promise<void> } {
  let opening: Promise<TesseractLines> | undefined;
  const tesseract: LineReader['read'] = async (rgb, width) => {
    opening ??= openTesseract();
    return (await opening).read(rgb, width, LINE_HEIGHT);
  };
  const close = async (): Promise<void> => {
    const opened = opening;
    opening = undefined;
    await (await opened)?.close();
  };
  if (engine === 'tesseract') return { read: tesseract, close };
  const read: LineReader['read'] = (rgb, width) => network.read(rgb, width);
  return engine === 'both' ? { read, second: tesseract, close } : { read, close };
}
