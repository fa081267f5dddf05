/** A folder of this run, for databases; global-setup.ts makes it, global-teardown.ts removes it. */
export function databasesFolder(): string {
  const folder = process.env['CAMQUEUE_TEST_DATABASES'];
  if (folder === undefined) throw new Error('CAMQUEUE_TEST_DATABASES is set by global-setup.ts');
  return folder;
}
