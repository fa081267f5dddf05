/** Free and total room of a disk, bytes. */
interface Disk {
  readonly freeBytes: number;
  readonly totalBytes: number;
}

/** Room that is never used up, bytes: others write to the same disks. */
const MARGIN_BYTES = 64e6;

/** What an export needs of the disks, bytes. */
export interface ExportNeeds {
  /** Of the working disk, meanwhile. */
  readonly workBytes: number;
  /** Of the storage, as long as it is kept. */
  readonly storedBytes: number;
}

/**
 * @param estimate.bytes of the finished file
 * @param originalBytes of the recordings that go into a package of evidence; 0: there is none
 */
export function exportNeeds(
  estimate: { readonly bytes: number; readonly workBytes: number },
  originalBytes: number,
): ExportNeeds {
  // A package is kept as a folder and as a ZIP.
  const evidence = originalBytes === 0 ? 0 : 2 * (originalBytes + estimate.bytes);
  return { workBytes: estimate.workBytes, storedBytes: estimate.bytes + evidence };
}

/**
 * @param disks.storage `undefined`: its room is not known (S3)
 * @returns what there is too little of, for people; `undefined`: there is enough
 */
export function lackOfRoom(
  needs: ExportNeeds,
  disks: { readonly work: Disk; readonly storage: Disk | undefined },
): string | undefined {
  const { work, storage } = disks;
  if (storage === undefined) return lackOn('working disk', needs.workBytes, work);
  // Two folders of one disk say the same of it.
  if (storage.totalBytes === work.totalBytes)
    return lackOn('disk', needs.workBytes + needs.storedBytes, work);
  return (
    lackOn('working disk', needs.workBytes, work) ?? lackOn('disk of the storage', needs.storedBytes, storage)
  );
}

function lackOn(which: string, bytes: number, { freeBytes }: Disk): string | undefined {
  const needed = bytes + MARGIN_BYTES;
  if (needed <= freeBytes) return undefined;
  return `the ${which} has too little room: ${megabytes(needed)} needed, ${megabytes(freeBytes)} free; free some, or ask for a shorter time`;
}

/** `12.3 MB`, `1234 MB`. */
export function megabytes(bytes: number): string {
  const mb = bytes / 1e6;
  return `${mb < 100 ? mb.toFixed(1) : mb.toFixed(0)} MB`;
}
