import { rm } from 'node:fs/promises';
import { startMailCatcher, type MailCatcher } from '../../src/io/mail-catcher.js';
import { createDeliveries } from '../../src/io/sql/deliveries.js';
import { openDatabase } from '../../src/io/sql/open.js';
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
  let mails: MailCatcher;
  let installation: Installation;

  beforeAll(needFreshBuild);
  beforeEach(async () => {
    mails = await startMailCatcher();
    // Many people, all within one cooldown.
    const clip = cutClip(folder, 'clip.mp4', { from: 170, to: 220, still: 0 });
    installation = new Installation({
      recipients: [{ id: 'guard', email: 'guard@example.org' }],
      cameras: [plaza(clip, { zones: [EVERYWHERE] })],
    });
  });
  afterEach(async () => {
    await installation.remove();
    await mails.close();
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const untilDelivered = (): Promise<unknown> =>
    until(
      'one delivery',
      async () => {
        const database = await openDatabase({ dataDir: installation.data });
        const deliveries = await createDeliveries(database).list({ limit: 10 });
        await database.close();
        return deliveries.map(({ state }) => state);
      },
      (states) => states.join() === 'sent',
    );

  it('is one e-mail with the picture, however many people come', async () => {
    installation.run({ SMTP_URL: mails.url });
    await installation.untilStatus('plaza', 'finished');
    await untilDelivered();
    const zones = (await installation.events('plaza')).filter(({ type }) => type === 'zone');
    expect(zones.length).toBeGreaterThan(1);
    await installation.stop();

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
    installation.run({ SMTP_URL: mails.url });
    await until('the first try', mails.connections, (connections) => connections > 0);
    await installation.kill9(/ worker alert /);
    mails.behave('accept');
    await installation.untilStatus('plaza', 'finished');
    await untilDelivered();
    await installation.stop();
    expect(mails.mails).toHaveLength(1);
  });
});
