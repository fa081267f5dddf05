import { stringify } from 'csv-stringify/sync';
import type { CsvWriter } from '../ports/mail.js';

/** Spreadsheets calculate a cell that begins so: an apostrophe before it makes it text. A number is none of these. */
const CALCULATED = /^(?!-?\d+(\.\d+)?$)'*[=+\-@\t\r＝＋－＠]/;

/** CSV as spreadsheets open it: UTF-8 with its mark, separated by commas. */
export const csv: CsvWriter = {
  write: (rows) =>
    '\uFEFF' + stringify(rows.map((row) => row.map((cell) => (CALCULATED.test(cell) ? `'${cell}` : cell)))),
};
