import { randomUUID } from 'node:crypto';
import { deleteApp, initializeApp } from 'firebase-admin/app';
import { getMessaging, type Message as FcmMessage } from 'firebase-admin/messaging';
import { bounded } from '../bounded.js';
import { FcmAgent, type FcmExchange } from './fcm-agent.js';
import { createAccessTokens, type ServiceAccount } from './fcm-credentials.js';
import { type Outcome, outcomeOf } from './fcm-errors.js';

/** The Firebase SDK, as it comes, before the address it is to use. */
export interface FcmSender {
  /** Fetches an access token, unless one is held. @throws NotReadyError when the account is refused. */
  login(signal: AbortSignal): Promise<void>;
  /** @param secrets that no error may repeat */
  send(message: FcmMessage, secrets: readonly string[], signal: AbortSignal): Promise<Outcome>;
  close(): Promise<void>;
}

/**
 * @param baseUrl in place of https://fcm.googleapis.com
 * @param timeoutMs longest time for an access token, and for a message
 */
export function createFcmSender(account: ServiceAccount, baseUrl: URL, timeoutMs: number): FcmSender {
  const agent = new FcmAgent(baseUrl);
  const access = createAccessTokens(account);
  const late = (): Error => new Error(`no answer in ${timeoutMs / 1000} s`);
  const login = (signal: AbortSignal): Promise<string> =>
    bounded(signal, timeoutMs, late, (stop) => access.get(stop));
  // The SDK keeps a token for its whole hour, also one that was refused; with 0 s it asks us each time.
  const getAccessToken = async () => ({
    access_token: await login(AbortSignal.timeout(timeoutMs)),
    expires_in: 0,
  });
  const app = initializeApp(
    { credential: { getAccessToken }, projectId: account.projectId, httpAgent: agent },
    `camqueue-${randomUUID()}`,
  );
  const messaging = getMessaging(app);
  let closing: Promise<void> | undefined;

  const once: FcmSender['send'] = async (message, secrets, signal) => {
    let exchange: FcmExchange = { isConnected: false, body: '', signal };
    try {
      const name = await bounded(signal, timeoutMs, late, (stop) => {
        return new Promise<unknown>((resolve, reject) => {
          exchange = { isConnected: false, body: '', signal: stop, onCut: reject };
          agent.during(exchange, () => messaging.send(message)).then(resolve, reject);
        });
      });
      if (typeof name === 'string' && name !== '') return { kind: 'taken', name };
      throw new Error('it names no message');
    } catch (error) {
      return outcomeOf(error, exchange, secrets);
    }
  };
  return {
    login: async (signal) => void (await login(signal)),
    // Once more with a new access token where the one we had is no longer good.
    send: async (message, secrets, signal) => {
      const token = await login(signal);
      const outcome = await once(message, [...secrets, token], signal);
      if (outcome.kind !== 'unauthenticated') return outcome;
      access.forget(token);
      await login(signal);
      return once(message, secrets, signal);
    },
    close: () => {
      agent.destroy();
      return (closing ??= deleteApp(app));
    },
  };
}
