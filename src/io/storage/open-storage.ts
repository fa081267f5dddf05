import type { ObjectStore } from '../../ports/storage.js';

/**
 * Opens a storage by its address: a folder, or `s3+https://KEY:SECRET@host[:port]/bucket[/prefix][?region=…]`
 * (`s3+http` for a server without TLS).
 * @param setting the variable that it comes from, for messages
 * @throws InputError naming the setting, what is wrong, and how it is written; never with its credentials.
 */
export async function openStorage(_address: string, setting: string): Promise<ObjectStore> {
  throw new Error(`${setting}: not built yet`);
}

/** @param setting the variable that would make one */
export function noStorage(setting: string): ObjectStore {
  throw new Error(`${setting}: not built yet`);
}
