import { publicPassage } from '../../api/passage-view.js';
import { searchFilter } from '../../api/passages.js';
import type { Passage } from '../../domain/plates/passage.js';
import { createPassageStore } from '../../io/sql/passage-store.js';
import { EXIT_OK } from '../exit-codes.js';
import { clock, table } from '../view.js';
import { type DatabaseOptions, siteTimeZone, withDatabase } from '../with-database.js';

export interface PassagesOptions extends DatabaseOptions {
  readonly fuzzy?: number;
  readonly camera?: string;
  readonly list?: string;
  readonly verdict?: string;
  /** Epoch ms. */
  readonly from?: number;
  readonly to?: number;
  readonly limit?: number;
}

/** `camqueue passages [plate]`: as GET /api/v1/passages. */
export async function passages(text: string | undefined, options: PassagesOptions): Promise<number> {
  const { fuzzy, camera, list, verdict, from, to, limit } = options;
  const iso = (at: number | undefined): string | undefined =>
    at === undefined ? undefined : new Date(at).toISOString();
  const filter = searchFilter({ text, fuzzy, camera, list, verdict, limit, from: iso(from), to: iso(to) });
  return withDatabase(options, async (database, config) => {
    const { passages: found } = await createPassageStore(database).search(filter);
    if (options.json === true)
      found.forEach((passage) => console.log(JSON.stringify(publicPassage(passage))));
    else if (found.length === 0) console.log('Nothing found.');
    else draw(found, siteTimeZone(config)).forEach((line) => console.log(line));
    return EXIT_OK;
  });
}

function draw(found: readonly Passage[], timeZone: string): string[] {
  const rows = found.map(({ at, cameraId, reading, review, hits }) => [
    `${new Intl.DateTimeFormat('en-CA', { timeZone }).format(at)} ${clock(at, timeZone)}`,
    cameraId ?? '(picture)',
    review?.text ?? reading.text,
    review ? 'reviewed' : reading.verdict,
    `${Math.floor(reading.p * 100)}%`,
    hits.map(({ list, match }) => (match === 'possible' ? `${list}?` : list)).join(' '),
  ]);
  return table([['SEEN', 'CAMERA', 'PLATE', 'RESULT', 'SURE', 'LISTS'], ...rows]);
}
