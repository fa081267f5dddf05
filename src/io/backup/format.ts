import { z } from 'zod';

/** First line of a backup, in clear text; the rest is gzip, or gzip encrypted. */
export const BackupHeader = z.strictObject({
  format: z.literal('camqueue-backup/1'),
  madeAt: z.iso.datetime(),
  /** Of the software that made it. */
  version: z.string(),
  /** AES-256-GCM; the key is scrypt (RFC 7914) of the passphrase. The last 16 bytes of the file are the tag. */
  encryption: z
    .strictObject({
      cipher: z.literal('aes-256-gcm'),
      salt: z.base64(),
      nonce: z.base64(),
      n: z
        .number()
        .int()
        .min(2)
        .max(2 ** 20),
      r: z.literal(8),
      p: z.literal(1),
    })
    .nullable(),
});
export type BackupHeader = z.infer<typeof BackupHeader>;

const Row = z.record(z.string(), z.union([z.string(), z.number(), z.null()]));
export type Row = z.infer<typeof Row>;

/** One line of the body (JSON). Rows belong to the table named last. */
export const BackupLine = z.discriminatedUnion('kind', [
  /** `migration`: the newest one of the database that was backed up. */
  z.strictObject({
    kind: z.literal('about'),
    dialect: z.enum(['sqlite', 'postgres']),
    migration: z.string(),
  }),
  z.strictObject({ kind: z.literal('file'), name: z.string(), base64: z.string() }),
  /** What seals columns of the database; only in encrypted backups. */
  z.strictObject({ kind: z.literal('secret'), name: z.string(), value: z.string() }),
  z.strictObject({ kind: z.literal('table'), name: z.string().regex(/^[a-z_]{1,60}$/) }),
  z.strictObject({ kind: z.literal('row'), row: Row }),
  /** Last: rows by table, and the SHA-256 of every line before this one. */
  z.strictObject({
    kind: z.literal('end'),
    rows: z.record(z.string(), z.number().int()),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
  }),
]);
export type BackupLine = z.infer<typeof BackupLine>;
