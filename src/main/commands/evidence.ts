import { pemBundle, publicPackage } from '../../api/evidence-view.js';
import { listPackages, publicKeys } from '../../io/evidence/read-packages.js';
import { EXIT_OK } from '../exit-codes.js';
import { moment } from '../moment.js';
import { table } from '../view.js';
import { type DatabaseOptions, siteTimeZone, withDatabase } from '../with-database.js';

export interface EvidenceListOptions extends DatabaseOptions {
  readonly camera?: string;
  readonly limit?: number;
}

/** `camqueue evidence list`: packages of evidence, newest first. */
export async function list(options: EvidenceListOptions): Promise<number> {
  const { camera, limit = 20, json } = options;
  return withDatabase(options, async (database, config) => {
    const found = await listPackages(database, {
      ...(camera !== undefined && { cameraId: camera }),
      limit,
    });
    if (json === true) found.forEach((one) => console.log(JSON.stringify(publicPackage(one))));
    else if (found.length === 0) console.log('Nothing found.');
    else {
      const zone = siteTimeZone(config);
      const rows = found.map(({ cameraId, number, madeAt, zip, voidReason, removedAt, id }) => [
        ...[cameraId, String(number), moment(madeAt, zone), id],
        voidReason !== undefined
          ? `void: ${voidReason}`
          : removedAt !== undefined
            ? `files removed ${moment(removedAt, zone)}`
            : zip.key,
      ]);
      table([['CAMERA', 'NUMBER', 'MADE', 'ID', 'WHERE'], ...rows]).forEach((line) => console.log(line));
    }
    return EXIT_OK;
  });
}

/** `camqueue evidence keys`: the public keys as PEM, newest first; for whoever is to verify. */
export async function keys(options: DatabaseOptions): Promise<number> {
  return withDatabase(options, async (database) => {
    const found = await publicKeys(database);
    if (options.json === true)
      found.forEach(({ id, pem, createdAt }) =>
        console.log(JSON.stringify({ id, pem, createdAt: new Date(createdAt).toISOString() })),
      );
    else if (found.length === 0) console.log('There is no key yet: one is made with the first package.');
    else process.stdout.write(pemBundle(found));
    return EXIT_OK;
  });
}
