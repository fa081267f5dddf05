import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export interface RtspRecorder {
  readonly port: number;
  /** Size of each picture that it got, `<width>x<height>`. */
  readonly pictures: () => readonly string[];
  stop(): Promise<void>;
}

/** A real media server that streams are published to by RTSP: GStreamer's (`rtsp-recorder.py`). @param port 0: any */
export async function startRtspRecorder(
  path: string,
  login: readonly [user: string, password: string] | readonly [] = [],
  port = 0,
): Promise<RtspRecorder> {
  // The system's Python: GStreamer's bindings are a package of the system.
  const child: ChildProcess = spawn(
    '/usr/bin/python3',
    [join(__dirname, 'rtsp-recorder.py'), String(port), path, ...login],
    {
      stdio: ['pipe', 'pipe', 'pipe'],
    },
  );
  let said = '';
  let complaints = '';
  child.stderr?.on('data', (text: Buffer) => (complaints += text.toString()));
  const listens = new Promise<void>((done) => {
    child.stdout?.on('data', (text: Buffer) => {
      said += text.toString();
      if (said.includes('\n')) done();
    });
  });
  const ended = once(child, 'exit').then(() =>
    Promise.reject(new Error(`the RTSP server ended: ${complaints}`)),
  );
  ended.catch(() => undefined);
  await Promise.race([listens, ended]);
  return {
    port: Number(said.split('\n')[0]),
    pictures: () => said.trim().split('\n').slice(1),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}
