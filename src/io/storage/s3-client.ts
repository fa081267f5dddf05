import { createHash } from 'node:crypto';
import { S3Client } from '@aws-sdk/client-s3';
import type { S3Address } from './s3-address.js';

/** One request is tried so often, with growing pauses, when the server is overloaded or the connection breaks. */
const ATTEMPTS = 3;
const CONNECT_MS = 5_000;
/** A connection on which nothing moves for so long is given up. */
const IDLE_MS = 20_000;

/**
 * Speaks the plain S3 that all servers understand: path-style addresses, and no checksums of newer kinds. Each piece is
 * proven by its MD5 instead: the server must refuse another, and what it says it has is compared.
 */
export function createS3Client({ endpoint, region, credentials }: S3Address): S3Client {
  // It would tell operators, on every start, which Node a later version of the kit will want.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  const client = new S3Client({
    endpoint,
    region,
    ...(credentials && { credentials }),
    forcePathStyle: true,
    followRegionRedirects: false,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    maxAttempts: ATTEMPTS,
    requestHandler: { connectionTimeout: CONNECT_MS, socketTimeout: IDLE_MS },
  });
  client.middlewareStack.add(
    (next) => async (given) => {
      const request = given.request as {
        body?: Uint8Array | object | string;
        headers: Record<string, string>;
      };
      // By shape: under test, bytes may come from another realm.
      if (!ArrayBuffer.isView(request.body)) return next(given);
      const md5 = createHash('md5')
        .update(request.body as Uint8Array)
        .digest();
      request.headers['content-md5'] = md5.toString('base64');
      const answer = await next(given);
      checkTag(answer.output as unknown as Record<string, unknown>, md5.toString('hex'));
      return answer;
    },
    { step: 'build', name: 'proveBytes' },
  );
  return client;
}

/** The tag of what is not encrypted with another's key is its MD5; anything else says nothing. */
function checkTag(output: Record<string, unknown>, md5: string): void {
  const tag = typeof output.ETag === 'string' ? output.ETag.replaceAll('"', '') : '';
  const isSealed =
    output.SSECustomerAlgorithm !== undefined || /kms/.test(String(output.ServerSideEncryption));
  if (/^[0-9a-f]{32}$/.test(tag) && !isSealed && tag !== md5)
    throw new Error('the storage has other bytes than were sent to it');
}
