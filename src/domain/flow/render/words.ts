import type { Language } from '../../alerting/config.js';
import type { CongestionLevel } from '../minute.js';

/** What a report says in one language. */
export interface FlowWords {
  readonly title: string;
  readonly classes: Readonly<Record<string, string>>;
  readonly directions: Readonly<Record<'in' | 'out', string>>;
  readonly levels: Readonly<Record<CongestionLevel, string>>;
  readonly labels: Readonly<Record<Label, string>>;
  readonly nothing: string;
  readonly notSeen: string;
  readonly minutes: (count: string) => string;
  readonly knownOf: (known: string, all: string) => string;
  readonly perLine: (line: string) => string;
  readonly atMost: (count: string) => string;
  /** @param change -0.3: three tenths fewer; `undefined`: about as many */
  readonly compared: (change: string | undefined, isMore: boolean, weeks: number, mean: string) => string;
  readonly slower: (kmh: string, isSlower: boolean) => string;
  readonly notes: {
    readonly unwatched: (watched: string) => string;
    readonly notOver: (until: string) => string;
    readonly notCalibrated: string;
    readonly someUnknown: (unknown: string, all: string) => string;
    readonly allUnknown: string;
    readonly notJudged: string;
    readonly severalLines: string;
    readonly computed: (at: string) => string;
  };
}

type Label =
  | 'crossings'
  | 'meanSpeed'
  | 'p85'
  | 'unknown'
  | 'headway'
  | 'median'
  | 'mean'
  | 'density'
  | 'most'
  | 'worst'
  | 'compared'
  | 'watched'
  | 'byClass'
  | 'byDirection'
  | 'histogram'
  | 'levelOverTime'
  | 'lines'
  | 'line'
  | 'direction'
  | 'total'
  | 'time'
  | 'byTime'
  | 'trips'
  | 'from'
  | 'to'
  | 'weeksBefore'
  | 'window'
  | 'class'
  | 'notes';

const en: FlowWords = {
  title: 'Traffic report',
  classes: {
    ...{ person: 'people', bicycle: 'bicycles', motorcycle: 'motorcycles', car: 'cars', bus: 'buses' },
    ...{ truck: 'trucks', vehicles: 'vehicles' },
  },
  directions: { in: 'in', out: 'out' },
  levels: { free: 'free', dense: 'dense', congested: 'congested', standstill: 'standstill' },
  labels: {
    ...{ crossings: 'Crossings', meanSpeed: 'Mean speed', p85: '85th percentile' },
    ...{ unknown: 'unknown', headway: 'Headway, s', median: 'median', mean: 'mean' },
    ...{ density: 'In view at once', most: 'at most', worst: 'Worst level' },
    ...{
      compared: 'Against past weeks',
      watched: 'Watched',
      byClass: 'By class',
      byDirection: 'By direction',
    },
    ...{ histogram: 'Speeds', levelOverTime: 'Level of congestion, share of the time' },
    ...{ lines: 'Lines and directions', line: 'Line', direction: 'Direction', total: 'Total', time: 'From' },
    ...{ byTime: 'Over time', trips: 'From line to line', from: 'From', to: 'To' },
    ...{ weeksBefore: 'The same time in past weeks', window: 'Window', class: 'Class' },
    ...{ notes: 'To be read with it' },
  },
  nothing: 'Nothing crossed a line.',
  notSeen: 'The camera was not watched: nothing can be said of this time.',
  minutes: (count) => `${count} min`,
  knownOf: (known, all) => `of ${known} of ${all} crossings`,
  perLine: (line) => `line ${line}`,
  atMost: (count) => `at most ${count}`,
  compared: (change, isMore, weeks, mean) =>
    `${change === undefined ? 'about as many as' : `${change} ${isMore ? 'more' : 'fewer'} than`} on average at the same time in ${weeks === 1 ? 'the week' : `the ${weeks} weeks`} before (${mean})`,
  slower: (kmh, isSlower) => `mean speed ${kmh} km/h ${isSlower ? 'lower' : 'higher'}`,
  notes: {
    unwatched: (watched) =>
      `The camera was watched for ${watched} of this time. What nobody looked at was not counted, and nothing was added for it.`,
    notOver: (until) => `This time is not over: what is counted is up to ${until}.`,
    notCalibrated: 'The camera is not calibrated, so no speed in km/h is known.',
    someUnknown: (unknown, all) =>
      `The speed of ${unknown} of ${all} crossings is unknown: what was seen does not support a number. Mean and percentile are of the others.`,
    allUnknown: 'No speed is known: what was seen does not support a number.',
    notJudged: 'The level of congestion is not judged: the camera has no “flow” in its settings.',
    severalLines: 'A vehicle that crosses two lines is counted at each of them: the total is of crossings.',
    computed: (at) => `Computed ${at}.`,
  },
};

const vi: FlowWords = {
  title: 'Báo cáo lưu lượng giao thông',
  classes: {
    ...{ person: 'người', bicycle: 'xe đạp', motorcycle: 'xe máy', car: 'ô tô', bus: 'xe buýt' },
    ...{ truck: 'xe tải', vehicles: 'phương tiện' },
  },
  directions: { in: 'vào', out: 'ra' },
  levels: { free: 'thông thoáng', dense: 'đông', congested: 'ùn ứ', standstill: 'tắc, đứng yên' },
  labels: {
    ...{ crossings: 'Lượt qua vạch', meanSpeed: 'Tốc độ trung bình' },
    ...{ p85: 'Phân vị 85', unknown: 'không rõ', headway: 'Giãn cách, giây', median: 'trung vị' },
    ...{ mean: 'trung bình', density: 'Cùng lúc trong khung hình', most: 'nhiều nhất' },
    ...{ worst: 'Mức nặng nhất', compared: 'So với các tuần trước' },
    ...{ watched: 'Thời gian quan sát', byClass: 'Theo loại', byDirection: 'Theo hướng' },
    ...{ histogram: 'Phân bố tốc độ', levelOverTime: 'Mức ùn tắc, phần thời gian' },
    ...{ lines: 'Vạch và hướng', line: 'Vạch', direction: 'Hướng', total: 'Tổng', time: 'Từ' },
    ...{ byTime: 'Theo thời gian', trips: 'Từ vạch này sang vạch khác', from: 'Từ', to: 'Đến' },
    ...{ weeksBefore: 'Cùng thời gian các tuần trước', window: 'Khoảng thời gian' },
    ...{ class: 'Loại', notes: 'Lưu ý khi đọc' },
  },
  nothing: 'Không có lượt nào qua vạch.',
  notSeen: 'Camera không được quan sát: không có số liệu cho khoảng thời gian này.',
  minutes: (count) => `${count} phút`,
  knownOf: (known, all) => `của ${known}/${all} lượt`,
  perLine: (line) => `vạch ${line}`,
  atMost: (count) => `nhiều nhất ${count}`,
  compared: (change, isMore, weeks, mean) =>
    `${change === undefined ? 'gần bằng' : `${isMore ? 'nhiều' : 'ít'} hơn ${change} so với`} trung bình cùng thời gian ${weeks === 1 ? 'tuần trước' : `${weeks} tuần trước`} (${mean})`,
  slower: (kmh, isSlower) => `tốc độ trung bình ${isSlower ? 'thấp' : 'cao'} hơn ${kmh} km/h`,
  notes: {
    unwatched: (watched) =>
      `Camera chỉ được quan sát ${watched} khoảng thời gian này. Phần không quan sát không được đếm và không được ước tính thêm.`,
    notOver: (until) => `Khoảng thời gian này chưa kết thúc: số liệu tính đến ${until}.`,
    notCalibrated: 'Camera chưa được hiệu chuẩn nên không biết tốc độ theo km/h.',
    someUnknown: (unknown, all) =>
      `Không rõ tốc độ của ${unknown}/${all} lượt: dữ liệu không đủ để đưa ra con số. Trung bình và phân vị tính trên các lượt còn lại.`,
    allUnknown: 'Không biết tốc độ: dữ liệu không đủ để đưa ra con số.',
    notJudged: 'Không đánh giá mức ùn tắc: camera không có mục “flow” trong cấu hình.',
    severalLines: 'Phương tiện qua hai vạch được đếm ở mỗi vạch: tổng là số lượt qua vạch.',
    computed: (at) => `Tính lúc ${at}.`,
  },
};

export const FLOW_WORDS: Readonly<Record<Language, FlowWords>> = { vi, en };
