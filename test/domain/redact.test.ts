import { redactUrls } from '../../src/domain/redact.js';

test.each([
  ['rtsp://viewer:p4ss@10.0.0.5/main', 'rtsp://***@10.0.0.5/main'],
  ['cannot open rtsp://viewer:p4ss@10.0.0.5/main: refused', 'cannot open rtsp://***@10.0.0.5/main: refused'],
  ['rtsp://viewer:p@ss@10.0.0.5/main', 'rtsp://***@10.0.0.5/main'],
  ['redis://:secret@host:6379/0', 'redis://***@host:6379/0'],
  ['http://cam/snap.jpg?user=a&password=hunter2&size=1', 'http://cam/snap.jpg?user=a&password=***&size=1'],
  ['http://cam/snap.jpg?api_key=abc', 'http://cam/snap.jpg?api_key=***'],
  ['{"url":"rtsp://u:p@h/x","b":1}', '{"url":"rtsp://***@h/x","b":1}'],
  ['rtsp://10.0.0.5/main', 'rtsp://10.0.0.5/main'],
  ['mail to guard@example.com', 'mail to guard@example.com'],
])('%s', (text, redacted) => {
  expect(redactUrls(text)).toBe(redacted);
});
