/**
 * The e-mail. Tables and inline styles are what mail readers agree on; whatever is put in is escaped by the engine. The
 * words come from the language, so one layout serves all.
 */
export const HTML = `<!doctype html>
<html lang="{{ language }}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light"><title>{{ headline }}</title></head>
<body style="margin:0;padding:24px 12px;background:#f3f4f6;font-family:'Segoe UI',Roboto,Helvetica,Arial,sans-serif;color:#111827">
<table role="presentation" align="center" width="100%" cellpadding="0" cellspacing="0" style="max-width:640px;margin:0 auto;background:#ffffff;border:1px solid #e5e7eb;border-top:6px solid {{ colour }}">
<tr><td style="padding:20px 24px 8px">
<div style="font-size:14px;font-weight:600;color:{{ colour }}">{{ status }}</div>
<div style="font-size:22px;font-weight:600;line-height:1.3">{{ what }}</div>
<div style="font-size:16px;line-height:1.5;color:#374151">{{ where }}</div>
</td></tr>
{% if hasPicture %}<tr><td style="padding:8px 24px"><img src="cid:snapshot.jpg" alt="{{ what }}" width="592" style="display:block;width:100%;height:auto;border:0"></td></tr>
{% endif %}{% if links.acknowledge %}<tr><td style="padding:12px 24px 8px">
<table role="presentation" cellpadding="0" cellspacing="0"><tr><td style="background:{{ colour }};border-radius:6px"><a href="{{ links.acknowledge }}" style="display:inline-block;padding:13px 28px;font-size:17px;font-weight:600;color:#ffffff;text-decoration:none">{{ labels.acknowledge }}</a></td></tr></table>
</td></tr>
{% endif %}<tr><td style="padding:8px 24px 16px">
<table role="presentation" cellpadding="0" cellspacing="0" style="font-size:15px;line-height:1.5">
{% for row in rows %}<tr><td style="padding:2px 20px 2px 0;color:#4b5563;vertical-align:top;white-space:nowrap">{{ row.name }}</td><td style="padding:2px 0;vertical-align:top">{{ row.value }}</td></tr>
{% endfor %}</table>
</td></tr>
{% if list.size > 0 %}<tr><td style="padding:0 24px 16px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="font-size:15px;line-height:1.5;border-top:1px solid #e5e7eb">
{% for line in list %}<tr><td style="padding:6px 20px 6px 0;border-bottom:1px solid #e5e7eb;font-weight:600;vertical-align:top;white-space:nowrap">{{ line.lead }}</td><td width="100%" style="padding:6px 0;border-bottom:1px solid #e5e7eb;vertical-align:top">{{ line.text }}</td></tr>
{% endfor %}</table>
</td></tr>
{% endif %}{% if links.incident or links.clip %}<tr><td style="padding:0 24px 20px;font-size:15px">
{% if links.incident %}<a href="{{ links.incident }}" style="color:#1d4ed8;margin-right:20px">{{ labels.open }}</a> {% endif %}{% if links.clip %}<a href="{{ links.clip }}" style="color:#1d4ed8">{{ labels.clip }}</a>{% endif %}
</td></tr>
{% endif %}</table>
</body></html>
`;
