import { pictureBytes, type Picture } from '../../domain/picture.js';
import { PermanentError } from '../../errors.js';

/** @throws PermanentError when a picture's bytes are not those of its size and format: reading on would show noise. */
export function checkPicture({ width, height, format, data }: Picture): void {
  const bytes = pictureBytes(width, height, format);
  if (width < 1 || height < 1 || data.length !== bytes) {
    throw new PermanentError(
      `a ${format} picture of ${width}x${height} has ${bytes} bytes, this one has ${data.length}`,
    );
  }
}
