import { coverageReport, type CoverageReport } from '../../api/coverage-report.js';
import { publicCoverage } from '../../api/coverage.js';
import { InputError } from '../../errors.js';
import { createLog } from '../../log.js';
import type { CoverageOptions } from '../cli.js';
import { drawCoverage } from '../coverage-view.js';
import { EXIT_FAILED, EXIT_OK } from '../exit-codes.js';
import { loadConfig } from '../installation.js';
import { openWorld } from '../world.js';

const DAY_MS = 24 * 3_600_000;

/**
 * `camqueue coverage [camera…]`: a line a camera, then its gaps. Exit code 1 when a gap has no known cause: a
 * recording that nobody can explain is what this command is asked for.
 */
export async function coverage(ids: readonly string[], options: CoverageOptions): Promise<number> {
  const config = loadConfig({ CAMERAS_FILE: options.cameras, DATA_DIR: options.data });
  const world = await openWorld(config, 'coverage', createLog('coverage', 'warn'));
  try {
    const [catalogue, gaps, recordings, { states }] = [
      await world.catalogue(),
      await world.gaps(),
      await world.recordings(),
      await world.ports(['states']),
    ];
    const unknown = ids.find((id) => catalogue.about(id) === undefined);
    if (unknown !== undefined)
      throw new InputError(
        `there is no camera "${unknown}"; there are ${catalogue
          .all()
          .map(({ id }) => id)
          .join(', ')}`,
      );
    const now = Date.now();
    const to = options.to ?? now;
    const asked = { from: options.from ?? to - DAY_MS, to };
    const reports: CoverageReport[] = [];
    for (const camera of catalogue.all())
      if (ids.length === 0 || ids.includes(camera.id))
        reports.push(await coverageReport({ states, gaps, recordings }, camera, asked, now));
    const lines =
      options.json === true
        ? reports.map((report) => JSON.stringify(publicCoverage(report)))
        : drawCoverage(reports, catalogue.site.timeZone);
    lines.forEach((line) => console.log(line));
    return reports.some(isUnexplained) ? EXIT_FAILED : EXIT_OK;
  } finally {
    await world.close();
  }
}

function isUnexplained({ recording, analysis, hours }: CoverageReport): boolean {
  const holes = [...recording.holes, ...analysis.holes];
  return holes.some(({ cause }) => cause === 'unknown') || hours.some(({ why }) => why === 'unknown');
}
