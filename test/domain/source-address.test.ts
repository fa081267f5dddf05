import { parseSource } from '../../src/domain/source-address.js';

describe('a source is recognised', () => {
  it.each([
    ['rtsp://viewer:s3cret@10.0.0.5:554/main?token=abc', 'stream', 'rtsp://10.0.0.5:554/main'],
    ['RTSPS://10.0.0.5/main', 'stream', 'rtsps://10.0.0.5/main'],
    ['http://10.0.0.5/video.mjpg', 'stream', 'http://10.0.0.5/video.mjpg'],
    ['rtmp://u:p@10.0.0.5/live/a', 'stream', 'rtmp://10.0.0.5/live/a'],
    ['clips/a.mp4', 'file', 'clips/a.mp4'],
    ['/clips/12', 'file', '/clips/12'],
    ['./0', 'file', './0'],
    ['clips/', 'folder', 'clips/'],
    ['/', 'folder', '/'],
    ['0', 'device', '/dev/video0'],
    ['01', 'device', '/dev/video1'],
    ['/dev/video12', 'device', '/dev/video12'],
    ['/dev/videos/a.mp4', 'file', '/dev/videos/a.mp4'],
  ])('%s is a %s', (source, kind, label) => {
    expect(parseSource(source)).toMatchObject({ kind, label });
  });

  it('a device has the path of its number, everything else what was written', () => {
    expect(parseSource('1').location).toBe('/dev/video1');
    expect(parseSource('rtsp://u:p@h/a').location).toBe('rtsp://u:p@h/a');
  });

  it.each([
    ['ftp://host/a.mp4', 'source has the protocol "ftp"; use one of rtsp, '],
    ['concat://a|b', 'source has the protocol "concat"'],
    ['rtsp://user:p@ss@host:port/', 'source is no valid rtsp URL; write rtsp://user:password@host:port/path'],
    ["rtsp://host/a\nfile '/etc/passwd'", 'source holds a control character or a line break'],
    ['clip\u0000.mp4', 'source holds a control character or a line break'],
  ])('%j is refused, and its content is not repeated', (source, message) => {
    expect(() => parseSource(source)).toThrow(message);
    expect(() => parseSource(source)).not.toThrow('p@ss');
  });
});
