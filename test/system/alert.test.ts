import { rm } from 'node:fs/promises';
import { startMailCatcher, type MailCatcher } from '../../src/io/mail-catcher.js';
import { createDeliveries } from '../../src/io/sql/deliveries.js';
import { openDatabase } from '../../src/io/sql/open.js';
import type { Delivery } from '../../src/ports/alerting.js';
import { cutClip, describeWithSample, plaza } from '../support/plaza.js';
import { Installation, needFreshBuild, newFolder, until } from '../support/system.js';

const EVERYWHERE = {
  id: 'everywhere',
  kind: 'restricted',
  classes: ['person'],
  polygon: [
    [0, 0],
    [1, 0],
    [1, 1],
    [0, 1],
  ],
};

describeWithSample('an alert, from the camera to the mailbox', () => {
  const folder = newFolder();
  let clip: string;
  let mails: MailCatcher;
  let installation: Installation;

  beforeAll(async () => {
    needFreshBuild();
    // Many people, all within one cooldown.
    clip = cutClip(folder, 'clip.mp4', { from: 170, to: 220, still: 0 });
    mails = await startMailCatcher();
    // One installation; each test gives it another camera.
    installation = new Installation({
      recipients: [{ id: 'guard', email: 'guard@example.org' }],
      cameras: [],
    });
    installation.run({ SMTP_URL: mails.url });
  });
  afterAll(async () => {
    await installation?.remove();
    await mails?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const comes = (id: string): void => installation.add(plaza(clip, { id, zones: [EVERYWHERE] }));
  /** Newest first. */
  const deliveries = async (): Promise<readonly Delivery[]> => {
    const database = await openDatabase({ dataDir: installation.data });
    try {
      return await createDeliveries(database).list({ limit: 10 });
    } finally {
      await database.close();
    }
  };
  const untilDelivered = (wanted: number): Promise<unknown> =>
    until(
      'one delivery of each camera',
      async () => (await deliveries()).map(({ state }) => state),
      (states) => states.join() === Array.from({ length: wanted }, () => 'sent').join(),
    );

  it('is one e-mail with the picture, however many people come', async () => {
    comes('first');
    await installation.untilStatus('first', 'finished');
    await untilDelivered(1);
    const zones = (await installation.events('first')).filter(({ type }) => type === 'zone');
    expect(zones.length).toBeGreaterThan(1);

    expect(mails.mails).toHaveLength(1);
    const [mail] = mails.mails;
    expect(mail!.to).toEqual(['guard@example.org']);
    const [picture] = mail!.pictures;
    expect(picture!.type).toBe('image/jpeg');
    expect(picture!.bytes.subarray(0, 2)).toEqual(Buffer.from([0xff, 0xd8]));
    expect(mail!.html).toContain(`cid:${picture!.cid}`);
  });

  it('is still one e-mail when the worker is killed between two tries', async () => {
    mails.behave('defer');
    comes('second');
    await until('the first try', deliveries, ([newest, ...others]) => others.length > 0 && newest!.tries > 0);
    await installation.kill9(/ worker alert /);
    mails.behave('accept');
    await installation.untilStatus('second', 'finished');
    await untilDelivered(2);
    await installation.stop();
    expect(mails.mails).toHaveLength(2);
  });
});
