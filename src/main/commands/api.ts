import { queueNames, registry } from '../../../jobs/registry.js';
import { openQueues } from '../../../queues/open-queues.js';
import { ensureFirstAdmin } from '../../api/accounts.js';
import { createApi } from '../../api/app.js';
import { startApi } from '../../api/server.js';
import { createFfmpegSources } from '../../io/ffmpeg/sources.js';
import { exposeMetrics } from '../../io/metrics.js';
import { collectMetrics, publishMetrics } from '../../io/redis-metrics.js';
import { sharedSecret } from '../../io/redis/shared-secret.js';
import type { Config } from '../../config.js';
import type { SmsHooks } from '../../ports/alerting.js';
import type { RunOptions } from '../cli.js';
import { asRole } from '../role.js';

/** `camqueue api`: HTTP API, Bull Board and the camera page. */
export async function api(options: RunOptions): Promise<number> {
  return asRole('api', options, async (world, signal) => {
    const { config, log } = world;
    const principals = await world.principals();
    const redis = await world.jobsRedis();
    const prefix = config.QUEUE_PREFIX;
    const queues = openQueues({ address: world.addresses.jobs, prefix, log });
    const app = createApi({
      registry,
      producer: world.producer(),
      inspector: world.inspector(),
      ports: await world.ports([
        'cameras',
        'states',
        'frames',
        'pictures',
        'events',
        'snapshots',
        'audit',
        'passages',
        'plateLists',
        'occupancy',
        'flowReports',
        'csv',
        'evidence',
        'holds',
        'archiveReports',
        'recordings',
        'recordingFiles',
        'cold',
        'storage',
        'exports',
        'exportSettings',
        'clips',
        'incidents',
        'deliveries',
        'maintenances',
        'pushTokens',
        'signer',
        'links',
        'channels',
        'templates',
        'live',
      ]),
      principals,
      catalogue: await world.catalogue(),
      cameraStore: await world.cameraStore(),
      sources: createFfmpegSources(),
      cameraHosts: config.CAMERA_HOSTS,
      smsHooks: await smsHooksOf(config),
      publicUrl: config.PUBLIC_URL,
      gaps: await world.gaps(),
      ...(await world.ports(['reports'])),
      recordings: await world.recordings(),
      stopping: signal,
      sessionSecret: await sharedSecret(redis, prefix, 'session'),
      boardQueues: queueNames.map((name) => queues.queue(name)),
      metricsText: async (scraped) => exposeMetrics([...(await collectMetrics({ redis, prefix })), scraped]),
      log,
    });
    const server = await startApi({ host: config.HTTP_HOST, port: config.HTTP_PORT, app });
    // After listening: were the port taken, the password would be made and never shown.
    const admin = await ensureFirstAdmin(principals);
    const publishing = await publishMetrics({
      redis,
      prefix,
      process: world.processName,
      metrics: world.metrics,
      log,
    });
    if (admin) {
      // To the terminal, not to the log: logs are kept and shipped.
      process.stdout.write(
        `First start: log in as ${admin.user} with password ${admin.password}\nAPI key: ${admin.key}\nBoth are shown only now; "camqueue keys" makes others.\n`,
      );
    }
    log.info({ url: `http://${config.HTTP_HOST}:${server.port}/` }, 'API is ready');
    return async () => {
      await server.close();
      await publishing.stop();
      await queues.close();
    };
  });
}

/** Twilio's reports and replies are believed when its secret is known. */
async function smsHooksOf({
  TWILIO_ACCOUNT_SID: accountSid,
  TWILIO_AUTH_TOKEN: authToken,
}: Config): Promise<SmsHooks | undefined> {
  if (accountSid === undefined || authToken === undefined) return undefined;
  const { createSmsHooks } = await import('../../io/channels/sms/sms-hooks.js');
  return createSmsHooks({ accountSid, authToken });
}
