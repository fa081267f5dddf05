import type { LanguagePack } from './language-pack.js';

/** Vietnamese, as security staff write it. */
export const vi: LanguagePack = {
  locale: 'vi-VN',
  severities: { info: 'Thông tin', warning: 'Cảnh báo', critical: 'Khẩn cấp' },
  kinds: {
    intrusion: 'Xâm nhập',
    'line-crossing': 'Vượt ranh giới',
    tamper: 'Camera bị can thiệp',
    'camera-down': 'Mất tín hiệu camera',
    'camera-recovered': 'Camera hoạt động trở lại',
    'plate-deny': 'Xe trong danh sách cấm',
    'plate-unknown': 'Xe lạ, ngoài danh sách cho phép',
    'plate-watch': 'Xe cần theo dõi',
    'abandoned-object': 'Vật thể bị bỏ lại',
    loitering: 'Người lảng vảng',
    crowd: 'Tụ tập đông người',
    fall: 'Có người ngã',
    weapon: 'Phát hiện vũ khí',
    fire: 'Phát hiện lửa',
    smoke: 'Phát hiện khói',
    'red-light': 'Vượt đèn đỏ',
    speeding: 'Chạy quá tốc độ',
    'wrong-way': 'Đi ngược chiều',
    congestion: 'Ùn tắc giao thông',
    crowded: 'Quá đông trong khu vực',
    occupancy: 'Vượt quá sức chứa',
    'calibration-drift': 'Camera bị lệch khỏi vị trí hiệu chuẩn',
    'recording-damaged': 'Bản ghi bị hư hỏng',
    storm: 'Nhiều cảnh báo cùng lúc',
    test: 'Tin thử',
  },
  namedKinds: {
    'camera-file-wrong': 'Tệp cấu hình camera có lỗi',
    'disk-low': 'Ổ đĩa sắp đầy',
    'redis-trouble': 'Sự cố Redis',
    'storage-trouble': 'Sự cố kho lưu trữ',
    'database-trouble': 'Sự cố cơ sở dữ liệu',
    'queue-stuck': 'Hàng đợi bị tắc',
    'worker-missing': 'Tiến trình xử lý không chạy',
    'sampler-missing': 'Tiến trình đọc camera không chạy',
    'model-missing': 'Thiếu mô hình nhận dạng',
    'certificate-expiring': 'Chứng chỉ sắp hết hạn',
    'clock-wrong': 'Đồng hồ hệ thống sai giờ',
    'not-watched': 'Không kiểm tra được hệ thống',
    recovered: 'Đã khắc phục',
  },
  labels: {
    system: 'Hệ thống',
    camera: 'Camera',
    plate: 'Biển số',
    when: 'Thời gian',
    alerts: 'Số cảnh báo',
    flapping: 'lặp đi lặp lại',
    summary: 'Chi tiết',
    acknowledgedBy: 'Người xác nhận',
    endedBy: 'Kết thúc',
    verdict: 'Kết luận',
    falseAlarm: 'báo động giả',
    incidents: 'Số sự cố',
    site: 'Địa điểm',
    incident: 'Sự cố',
    recipient: 'Người nhận',
    acknowledge: 'Xác nhận',
    open: 'Xem sự cố',
    clip: 'Xem đoạn phim',
    picture: 'Ảnh đính kèm.',
    noPicture: 'Không có ảnh.',
    more: 'sự cố khác',
  },
  status: ({ occasion, incident }, severity) => {
    switch (occasion) {
      case 'opened':
      case 'storm':
        return severity;
      case 'escalated':
        return `${severity}, chưa ai xác nhận`;
      case 'raised':
        return `Nâng lên mức ${severity.toLowerCase()}`;
      case 'ended':
      case 'storm-over':
        return incident.isFalseAlarm === true ? 'Báo động giả' : 'Đã kết thúc';
      case 'gathered':
        return 'Tin gộp';
      case 'test':
        return 'Tin thử';
    }
  },
  storm: (alerts, cameras) => `${alerts} cảnh báo từ ${cameras} camera`,
  gathered: (incidents) => `${incidents} sự cố chưa báo riêng`,
  test: 'Kênh thông báo hoạt động tốt',
  cameras: (names, others) => `${names} và ${others} camera khác`,
  endedBy: (by) =>
    by === 'event' ? 'tự hết' : by === 'system' ? 'quá hạn, không ai xử lý' : `do ${by} đóng`,
  longTime: (t) => `${t.hour}:${t.minute}:${t.second}, ${t.weekday} ${t.day}/${t.month}/${t.year}`,
  shortTime: (t) => `${t.hour}:${t.minute} ${t.day}/${t.month}`,
  templates: {
    subject: `[{{ site.name | cut: 40 }}] {{ headline }}{% if camera %} – {{ where }}{% endif %}{% if isIncident %} #{{ incident.number }}{% endif %}`,
    text: `{{ headline }}

{% for row in rows %}{{ row.name | append: ':' | pad: 16 }}{{ row.value }}
{% endfor %}{% if list.size > 0 %}
{% for line in list %}- {{ line.lead }}: {{ line.text }}
{% endfor %}{% endif %}{% if links.acknowledge or links.incident or links.clip %}
{% if links.acknowledge %}Xác nhận đã nhận tin: {{ links.acknowledge }}
{% endif %}{% if links.incident %}Xem sự cố: {{ links.incident }}
{% endif %}{% if links.clip %}Xem đoạn phim: {{ links.clip }}
{% endif %}{% endif %}{% if pictureNote %}
{{ pictureNote }}
{% endif %}`,
    title: `{{ headline }}`,
    body: `{{ where | cut: 40 }}{% if where != site.name %} ({{ site.name | cut: 30 }}){% endif %}, {{ when }}{% if plate %}. Biển số {{ plate | cut: 20 }}{% elsif about %}. {{ about | cut: 45 }}{% elsif isIncident and incident.alerts > 1 and storm == nil %}. {{ incident.alerts }} cảnh báo{% endif %}`,
    short: `{{ headline }}{% if plate %} {{ plate | cut: 20, '...' }}{% endif %} - {{ where | cut: 50, '...' }}{% if where != site.name %} ({{ site.name | cut: 30, '...' }}){% endif %}, {{ when }}.{% if about %} {{ about | cut: 60, '...' }}.{% endif %}{% if shortList %} {{ shortList }}.{% endif %}{% if replyCode %} Trả lời {{ replyCode }} để xác nhận{% if link %}, hoặc bấm{% else %}.{% endif %}{% elsif isIncident %} Sự cố #{{ incident.number }}{% if link %}:{% else %}.{% endif %}{% endif %}{% if link %} {{ link }}{% endif %}`,
  },
};
