import type { Language } from '../alerting/config.js';
import type { ArchiveReport, ArchiveStep } from './report.js';

/** What a report of the archive says in one language. */
export interface ArchiveWords {
  readonly titles: Readonly<Record<ArchiveReport['action'], string>>;
  readonly dryRun: string;
  readonly labels: Readonly<Record<ArchiveLabel, string>>;
  readonly recordings: (count: string) => string;
  readonly saved: (count: string, bytes: string) => string;
  readonly stopped: (problem: string) => string;
  readonly failures: (count: string) => string;
  readonly more: (count: string) => string;
  readonly fine: string;
  readonly nothing: string;
  readonly steps: Readonly<Record<ArchiveStep, string>>;
}

export type ArchiveLabel =
  | 'moved'
  | 'compressed'
  | 'deletedHot'
  | 'deletedCold'
  | 'restored'
  | 'checked'
  | 'protected'
  | 'failed'
  | 'free'
  | 'before'
  | 'byCamera'
  | 'camera'
  | 'deleted'
  | 'oldestKept'
  | 'failures'
  | 'recording'
  | 'step'
  | 'reason';

const en: ArchiveWords = {
  titles: {
    move: 'Archive of recordings',
    restore: 'Recordings restored',
    scrub: 'Recordings checked for damage',
  },
  dryRun: 'A trial: this is what would happen. Nothing was touched.',
  labels: {
    ...{ moved: 'Moved to cold storage', compressed: 'Of these encoded anew' },
    ...{ deletedHot: "Deleted, recordings' disk", deletedCold: 'Deleted, cold storage' },
    ...{ restored: 'Restored', checked: 'Compared with their hash', protected: 'Held, so they stay' },
    ...{ failed: 'Failed', free: "Free on the recordings' disk", before: 'before' },
    ...{ byCamera: 'By camera', camera: 'Camera', deleted: 'Deleted', oldestKept: 'Oldest kept' },
    ...{ failures: 'What failed', recording: 'Recording', step: 'At', reason: 'Why' },
  },
  recordings: (count) => `${count} recordings`,
  saved: (count, bytes) => `${count} recordings, ${bytes} smaller`,
  stopped: (problem) => `It ended before it was through: ${problem}. The next run goes on.`,
  failures: (count) => `${count} recordings could not be dealt with; what was not moved is where it was.`,
  more: (count) => `and ${count} more`,
  fine: 'Everything went well.',
  nothing: 'There was nothing to do.',
  steps: {
    ...{ copy: 'copying', encode: 'encoding', verify: 'verifying', remove: 'deleting' },
    ...{ restore: 'restoring', check: 'looking for damage' },
  },
};

const vi: ArchiveWords = {
  titles: {
    move: 'Lưu trữ bản ghi',
    restore: 'Khôi phục bản ghi',
    scrub: 'Kiểm tra hư hỏng bản ghi',
  },
  dryRun: 'Chạy thử: đây là những gì sẽ xảy ra. Chưa có gì bị thay đổi.',
  labels: {
    ...{ moved: 'Chuyển sang kho lạnh', compressed: 'Trong đó nén lại' },
    ...{ deletedHot: 'Xóa khỏi ổ ghi', deletedCold: 'Xóa khỏi kho lạnh' },
    ...{ restored: 'Khôi phục', checked: 'Đã đối chiếu mã băm', protected: 'Được giữ lại theo yêu cầu' },
    ...{ failed: 'Không thành công', free: 'Còn trống trên ổ ghi', before: 'trước đó' },
    ...{ byCamera: 'Theo camera', camera: 'Camera', deleted: 'Đã xóa', oldestKept: 'Bản ghi cũ nhất' },
    ...{ failures: 'Những việc không thành công', recording: 'Bản ghi', step: 'Khi', reason: 'Lý do' },
  },
  recordings: (count) => `${count} bản ghi`,
  saved: (count, bytes) => `${count} bản ghi, giảm ${bytes}`,
  stopped: (problem) => `Dừng trước khi xong: ${problem}. Lần chạy sau sẽ tiếp tục.`,
  failures: (count) => `${count} bản ghi không xử lý được; bản nào chưa chuyển vẫn ở chỗ cũ.`,
  more: (count) => `và ${count} mục khác`,
  fine: 'Mọi việc đều ổn.',
  nothing: 'Không có việc gì cần làm.',
  steps: {
    ...{ copy: 'sao chép', encode: 'nén lại', verify: 'xác minh', remove: 'xóa' },
    ...{ restore: 'khôi phục', check: 'kiểm tra hư hỏng' },
  },
};

export const ARCHIVE_WORDS: Readonly<Record<Language, ArchiveWords>> = { vi, en };
