import type { Language } from '../domain/alerting/config.js';

/** What the page of traffic says beside its report. */
export interface FlowPageWords {
  readonly camera: string;
  readonly view: string;
  readonly views: Readonly<Record<'hour' | 'day' | 'week', string>>;
  readonly date: string;
  readonly hour: string;
  readonly show: string;
  readonly before: string;
  readonly after: string;
  readonly now: string;
  readonly print: string;
  readonly compute: string;
  readonly computing: string;
  readonly live: string;
  readonly noCamera: string;
  readonly noReport: string;
  readonly notYet: string;
}

const en: FlowPageWords = {
  ...{ camera: 'Camera', view: 'Show by', views: { hour: 'hour', day: 'day', week: 'week' } },
  ...{ date: 'Date', hour: 'Hour', show: 'Show', before: 'Before', after: 'After', now: 'Now' },
  ...{ print: 'Print', compute: 'Compute again', computing: 'Computing …' },
  live: 'This time is not over: the page keeps itself up to date.',
  noCamera:
    'No camera counts anything yet: give a camera “lines” in the camera file, or “flow” for congestion alone.',
  noReport: 'There is no report of this time. Reports are computed shortly after each hour and each day.',
  notYet: 'This time has not begun.',
};

const vi: FlowPageWords = {
  ...{ camera: 'Camera', view: 'Xem theo', views: { hour: 'giờ', day: 'ngày', week: 'tuần' } },
  ...{ date: 'Ngày', hour: 'Giờ', show: 'Xem', before: 'Trước', after: 'Sau', now: 'Hiện tại' },
  ...{ print: 'In', compute: 'Tính lại', computing: 'Đang tính …' },
  live: 'Khoảng thời gian này chưa kết thúc: trang tự cập nhật.',
  noCamera:
    'Chưa có camera nào đếm: thêm “lines” cho camera trong tệp camera, hoặc “flow” nếu chỉ cần mức ùn tắc.',
  noReport: 'Không có báo cáo cho khoảng thời gian này. Báo cáo được tính ngay sau mỗi giờ và mỗi ngày.',
  notYet: 'Khoảng thời gian này chưa bắt đầu.',
};

export const FLOW_PAGE_WORDS: Readonly<Record<Language, FlowPageWords>> = { vi, en };
