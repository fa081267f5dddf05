import {
  AbortMultipartUploadCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';

/**
 * Removes the parts of uploads that were begun before a time and never ended. Servers that do not list them tidy up by
 * themselves.
 * @returns how many uploads went
 */
export async function abortUploads(
  client: S3Client,
  { bucket, prefix }: { bucket: string; prefix: string },
  before: number,
  signal: AbortSignal,
): Promise<number> {
  let removed = 0;
  let page: ListMultipartUploadsCommandOutput | undefined;
  do {
    page = await next(client, { Bucket: bucket, Prefix: prefix }, page, signal);
    for (const { Key, UploadId, Initiated } of page?.Uploads ?? []) {
      if (signal.aborted) return removed;
      if (Initiated === undefined || Initiated.getTime() >= before) continue;
      await client.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId }), {
        abortSignal: signal,
      });
      removed += 1;
    }
  } while (page?.IsTruncated === true);
  return removed;
}

async function next(
  client: S3Client,
  where: { Bucket: string; Prefix: string },
  page: ListMultipartUploadsCommandOutput | undefined,
  signal: AbortSignal,
): Promise<ListMultipartUploadsCommandOutput | undefined> {
  try {
    return await client.send(
      new ListMultipartUploadsCommand({
        ...where,
        ...(page && { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker }),
      }),
      { abortSignal: signal },
    );
  } catch (error) {
    if ((error as Error).name === 'NotImplemented') return undefined;
    throw error;
  }
}
