import type { LanguagePack } from './language-pack.js';

export const en: LanguagePack = {
  locale: 'en-GB',
  severities: { info: 'Information', warning: 'Warning', critical: 'Critical' },
  kinds: {
    intrusion: 'Intrusion',
    'line-crossing': 'Line crossed',
    tamper: 'Camera tampered with',
    'camera-down': 'Camera gives no picture',
    'camera-recovered': 'Camera works again',
    'plate-deny': 'Vehicle on a deny list',
    'plate-unknown': 'Vehicle on no allow list',
    'plate-watch': 'Vehicle on a watch list',
    'abandoned-object': 'Object left behind',
    loitering: 'Loitering',
    crowd: 'Crowd',
    fall: 'Person fell',
    weapon: 'Weapon seen',
    fire: 'Fire seen',
    smoke: 'Smoke seen',
    'red-light': 'Red light run',
    speeding: 'Speeding',
    'wrong-way': 'Wrong way',
    congestion: 'Traffic congestion',
    crowded: 'Too many in a zone',
    occupancy: 'Too many inside',
    'calibration-drift': 'Camera has moved since it was calibrated',
    'recording-damaged': 'Recording is damaged',
    storm: 'Many alerts at once',
    test: 'Test',
  },
  namedKinds: {
    'camera-file-wrong': 'Camera file is wrong',
    'disk-low': 'Disk nearly full',
    'redis-trouble': 'Trouble with Redis',
    'storage-trouble': 'Trouble with a storage',
    'database-trouble': 'Trouble with the database',
    'queue-stuck': 'Queue is stuck',
    'worker-missing': 'Worker does not run',
    'sampler-missing': 'Sampler does not run',
    'model-missing': 'Network is missing',
    'certificate-expiring': 'Certificate is about to expire',
    'clock-wrong': 'Clock is wrong',
    'not-watched': 'Cannot be checked',
    recovered: 'Well again',
  },
  labels: {
    system: 'System',
    camera: 'Camera',
    plate: 'Plate',
    when: 'When',
    alerts: 'Alerts',
    flapping: 'on and off all the time',
    summary: 'Details',
    acknowledgedBy: 'Acknowledged',
    endedBy: 'Ended',
    verdict: 'Verdict',
    falseAlarm: 'false alarm',
    incidents: 'Incidents',
    site: 'Site',
    incident: 'Incident',
    recipient: 'Recipient',
    acknowledge: 'Acknowledge',
    open: 'Open the incident',
    clip: 'Watch the clip',
    picture: 'The picture is attached.',
    noPicture: 'There is no picture.',
    more: 'more',
  },
  status: ({ occasion, incident }, severity) => {
    switch (occasion) {
      case 'opened':
      case 'storm':
        return severity;
      case 'escalated':
        return `${severity}, not acknowledged yet`;
      case 'raised':
        return `Now ${severity.toLowerCase()}`;
      case 'ended':
      case 'storm-over':
        return incident.isFalseAlarm === true ? 'False alarm' : 'Over';
      case 'gathered':
        return 'Held back until now';
      case 'test':
        return 'Test';
    }
  },
  storm: (alerts, cameras) => `${plural(alerts, 'alert')} on ${plural(cameras, 'camera')}`,
  gathered: (incidents) => plural(incidents, 'incident'),
  test: 'This channel works',
  cameras: (names, others) => `${names} and ${plural(others, 'other')}`,
  endedBy: (by) => (by === 'event' ? 'by itself' : by === 'system' ? 'nobody reacted' : `by ${by}`),
  longTime: (t) => `${t.weekday} ${t.day} ${t.month} ${t.year}, ${t.hour}:${t.minute}:${t.second}`,
  shortTime: (t) => `${t.hour}:${t.minute}, ${t.day} ${t.month}`,
  templates: {
    subject: `[{{ site.name | cut: 40 }}] {{ headline }}{% if camera %} – {{ where }}{% endif %}{% if isIncident %} #{{ incident.number }}{% endif %}`,
    text: `{{ headline }}

{% for row in rows %}{{ row.name | append: ':' | pad: 14 }}{{ row.value }}
{% endfor %}{% if list.size > 0 %}
{% for line in list %}- {{ line.lead }}: {{ line.text }}
{% endfor %}{% endif %}{% if links.acknowledge or links.incident or links.clip %}
{% if links.acknowledge %}Acknowledge: {{ links.acknowledge }}
{% endif %}{% if links.incident %}Open the incident: {{ links.incident }}
{% endif %}{% if links.clip %}Watch the clip: {{ links.clip }}
{% endif %}{% endif %}{% if pictureNote %}
{{ pictureNote }}
{% endif %}`,
    title: `{{ headline }}`,
    body: `{{ where | cut: 40 }}{% if where != site.name %} ({{ site.name | cut: 30 }}){% endif %}, {{ when }}{% if plate %}. Plate {{ plate | cut: 20 }}{% elsif about %}. {{ about | cut: 45 }}{% elsif isIncident and incident.alerts > 1 and storm == nil %}. {{ incident.alerts }} alerts{% endif %}`,
    short: `{{ headline }}{% if plate %} {{ plate | cut: 20, '...' }}{% endif %} - {{ where | cut: 50, '...' }}{% if where != site.name %} ({{ site.name | cut: 30, '...' }}){% endif %}, {{ when }}.{% if about %} {{ about | cut: 60, '...' }}.{% endif %}{% if shortList %} {{ shortList }}.{% endif %}{% if replyCode %} Reply {{ replyCode }} to acknowledge{% if link %}, or open{% else %}.{% endif %}{% elsif isIncident %} Incident #{{ incident.number }}{% if link %}:{% else %}.{% endif %}{% endif %}{% if link %} {{ link }}{% endif %}`,
  },
};

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
