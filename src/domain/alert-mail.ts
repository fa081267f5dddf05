import { SYSTEM } from './ids.js';

/** The text of an alert's e-mail: pure, so that what people read is tested to the letter. */
export interface AlertMailFacts {
  readonly siteName: string;
  /** IANA name, for example Asia/Ho_Chi_Minh. */
  readonly timeZone: string;
  readonly cameraName: string;
  readonly cameraId: string;
  readonly kind: string;
  readonly severity: 'info' | 'warning' | 'critical';
  /** Capture time, epoch ms. */
  readonly at: number;
  readonly summary: string;
  readonly alertId: string;
  /** Of an alert about a vehicle: its plate. */
  readonly plate?: string;
  /** Name of the inline picture, when there is one. */
  readonly pictureName?: string;
}

const LOOK = {
  info: { label: 'Information', colour: '#2563a8' },
  warning: { label: 'Warning', colour: '#b45309' },
  critical: { label: 'Critical', colour: '#b91c1c' },
} as const;

/** Tables and inline styles: what mail readers agree on. Everything from outside is escaped. */
export function alertMail(facts: AlertMailFacts): { subject: string; text: string; html: string } {
  const { label, colour } = LOOK[facts.severity];
  const summary = oneLine(facts.summary);
  const isSystem = facts.cameraId === SYSTEM;
  const camera = isSystem ? 'system' : oneLine(facts.cameraName);
  const site = oneLine(facts.siteName);
  const rows: [string, string][] = [
    isSystem
      ? ['About', 'the system, no camera']
      : ['Camera', camera === facts.cameraId ? camera : `${camera} (${facts.cameraId})`],
    ['What', facts.kind.replaceAll('-', ' ')],
    ...(facts.plate === undefined ? [] : [['Plate', oneLine(facts.plate)] as [string, string]]),
    ['When', localTime(facts.at, facts.timeZone)],
    ['Site', site],
    ['Alert', facts.alertId],
  ];
  const picture = facts.pictureName;
  const missing = isSystem ? [] : ['There is no picture.', ''];
  return {
    subject: `[${site}] ${label}: ${summary} – ${camera}`,
    text: [
      `${label}: ${summary}`,
      '',
      ...rows.map(([name, value]) => `${`${name}:`.padEnd(8)} ${value}`),
      '',
      ...(picture === undefined ? missing : ['The picture is attached.', '']),
    ].join('\n'),
    html: `<!doctype html>
<html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"></head>
<body style="margin:0;padding:24px 12px;background:#f3f4f6;font-family:'Segoe UI',Roboto,Helvetica,Arial,sans-serif;color:#111827">
<table role="presentation" align="center" width="100%" cellpadding="0" cellspacing="0" style="max-width:640px;background:#ffffff;border:1px solid #e5e7eb;border-top:6px solid ${colour}">
<tr><td style="padding:20px 24px 8px">
<div style="font-size:13px;font-weight:600;color:${colour}">${label}</div>
<div style="font-size:22px;font-weight:600;line-height:1.3">${escape(summary)}</div>
</td></tr>
${picture === undefined ? '' : `<tr><td style="padding:8px 24px"><img src="cid:${escape(picture)}" alt="${escape(summary)}" width="592" style="display:block;width:100%;height:auto;border:0"></td></tr>\n`}<tr><td style="padding:8px 24px 20px">
<table role="presentation" cellpadding="0" cellspacing="0" style="font-size:15px;line-height:1.5">
${rows.map(([name, value]) => `<tr><td style="padding:2px 16px 2px 0;color:#6b7280;vertical-align:top">${name}</td><td style="padding:2px 0">${escape(value)}</td></tr>`).join('\n')}
</table>
</td></tr>
</table>
</body></html>
`,
  };
}

/** `Sat 21 Nov 2026, 16:20:05 (GMT+7, Asia/Ho_Chi_Minh)` */
function localTime(at: number, timeZone: string): string {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'shortOffset',
  });
  const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  const day = `${part['weekday']} ${part['day']} ${part['month']} ${part['year']}`;
  return `${day}, ${part['hour']}:${part['minute']}:${part['second']} (${part['timeZoneName']}, ${timeZone})`;
}

/** No line breaks or control characters: they could add headers, or hide text. */
function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
