import { MANIFEST, MANIFEST_HASH, PUBLIC_KEY, SIGNATURE } from './manifest.js';

export interface ReadmeFacts {
  readonly cameraId: string;
  readonly number: number;
  readonly keyId: string;
  /** Set: the package holds nothing; why. */
  readonly voidReason?: string;
}

/** Lists what the signed manifest lists, as sha256sum reads it; `manifestText` writes one property a line. */
const LIST = `awk -F'"' '/^  "files"/ {f=1} /^  \\]/ {f=0} f && $2=="path" {p=$4} f && $2=="sha256" {print $4 "  " p}' ${MANIFEST} | sha256sum -c -`;
const CHECK_SIGNATURE = `openssl pkeyutl -verify -pubin -inkey ${PUBLIC_KEY} -rawin -in ${MANIFEST} -sigfile ${SIGNATURE}`;
const CHECK_KEY = `openssl pkey -pubin -in ${PUBLIC_KEY} -outform DER | sha256sum`;

/** `README.txt` of a package: what it is and how anybody can check it, in Vietnamese and English. */
export function readmeText(facts: ReadmeFacts): string {
  return `${[...vietnamese(facts), '', '-'.repeat(78), '', ...english(facts)].join('\n')}\n`;
}

function vietnamese({ cameraId, number, keyId, voidReason }: ReadmeFacts): string[] {
  return [
    `GÓI BẰNG CHỨNG SỐ ${number} CỦA CAMERA ${cameraId}`,
    '',
    ...(voidReason === undefined
      ? []
      : [
          'Gói này TRỐNG: việc tạo gói đã bắt đầu nhưng không hoàn thành. Gói chỉ giữ chỗ trong',
          `chuỗi để không thiếu số nào. Lý do: ${voidReason}`,
          '',
        ]),
    'Thư mục này do Camqueue tạo ra. Tệp manifest.json ghi: camera, nơi đặt, thời gian ghi hình',
    'và đồng hồ đã dùng, cấu hình, ai yêu cầu và vì sao, cùng mã SHA-256 của từng tệp. Manifest',
    'được ký bằng Ed25519 và nêu mã của gói trước đó của cùng camera: ai có các gói liền kề sẽ',
    'thấy ngay nếu một gói bị bỏ đi hoặc bị thay.',
    '',
    'Cách kiểm tra bằng Camqueue (không cần mạng, không cần máy chủ):',
    '  camqueue verify <thư mục hoặc tệp ZIP> --key <khóa công khai nhận từ nơi đáng tin>',
    '',
    'Cách kiểm tra không cần Camqueue (OpenSSL 3, sha256sum; chạy trong thư mục này):',
    '  1. Chữ ký của manifest, phải in ra "Signature Verified Successfully":',
    `     ${CHECK_SIGNATURE}`,
    '  2. Khóa, phải in ra đúng mã dưới đây VÀ đúng mã bạn nhận được từ đơn vị vận hành:',
    `     ${CHECK_KEY}`,
    `     ${keyId}`,
    '  3. Từng tệp, mỗi dòng phải là "OK"; tệp không có trong danh sách thì không thuộc gói:',
    `     ${LIST}`,
    '',
    'Chữ ký chứng minh: các tệp chưa bị thay đổi kể từ khi gói được ký bằng khóa này. Khóa kèm',
    'theo gói chỉ chứng minh tính toàn vẹn; muốn biết gói của ai, hãy so khóa với khóa nhận riêng',
    'từ đơn vị vận hành. Chữ ký KHÔNG chứng minh rằng đồng hồ của máy đúng, không chứng minh những',
    'gì xảy ra trước khi ký, và không phải dấu thời gian của bên thứ ba.',
    `Mã trong ${MANIFEST_HASH} là mã mà gói kế tiếp phải nêu; nên ghi lại ở nơi khác.`,
    'Giữ nguyên tệp ZIP; nếu đóng gói lại, hãy giải nén rồi kiểm tra thư mục.',
  ];
}

function english({ cameraId, number, keyId, voidReason }: ReadmeFacts): string[] {
  return [
    `PACKAGE OF EVIDENCE, NUMBER ${number} OF CAMERA ${cameraId}`,
    '',
    ...(voidReason === undefined
      ? []
      : [
          'This package is VOID: it was begun and never finished. It only fills its place in the chain,',
          `so that no number is missing. Reason: ${voidReason}`,
          '',
        ]),
    'Camqueue made this folder. manifest.json says: camera, place, capture times and whose clock',
    'they are, settings, who asked for it and why, and the SHA-256 of every file. The manifest is',
    "signed with Ed25519 and names the hash of the camera's package before: whoever has the packages",
    'around one notices when it was left out or exchanged.',
    '',
    'To verify with Camqueue (offline; needs no server):',
    '  camqueue verify <folder or ZIP> --key <public key that you were given by somebody you trust>',
    '',
    'To verify without it (OpenSSL 3 and sha256sum; within this folder):',
    '  1. The signature of the manifest; must print "Signature Verified Successfully":',
    `     ${CHECK_SIGNATURE}`,
    '  2. The key; must print the hash below AND the one that the operator gave you:',
    `     ${CHECK_KEY}`,
    `     ${keyId}`,
    '  3. Every file; each line must say "OK". A file that is not listed is no part of this:',
    `     ${LIST}`,
    '',
    'The signature proves: these files are what was signed with this key. The key in here alone only',
    'proves that nothing was changed since; whose package it is you know by comparing the key with',
    'one that the operator gave you. It does NOT prove that the clock of that computer was right, nor',
    'what was done before it was signed, and it is no time stamp of a third party.',
    `The hash in ${MANIFEST_HASH} is what the next package has to name; write it down elsewhere.`,
    'Keep the ZIP as it is; one that was packed again is to be unpacked, and its folder verified.',
  ];
}
