import { AsyncLocalStorage } from 'node:async_hooks';
import * as http from 'node:http';
import * as https from 'node:https';
import twilio from 'twilio';
import { type Exchange, watch } from '../exchange.js';

const API = 'https://api.twilio.com';

/**
 * The SDK's own HTTP client, which the SDK takes as `httpClient`: requests go to another base address (what follows its
 * host is put before their path), can be aborted, and are watched, none of which the SDK has a parameter for. (Its
 * `api.baseUrl` loses labels of long host names, as it looks for Twilio's regions in them.)
 */
export class TwilioHttp extends twilio.RequestClient {
  readonly #current = new AsyncLocalStorage<{ exchange: Exchange; signal: AbortSignal }>();
  readonly #baseUrl: string;

  /** @param baseUrl http or https; default: https://api.twilio.com */
  constructor(baseUrl: string | undefined, timeoutMs: number) {
    // A connection that had been idle may break under a message, and nobody knows whether it got through: none is kept.
    super({ timeout: timeoutMs, keepAlive: false, autoRetry: false });
    this.#baseUrl = (baseUrl ?? API).replace(/\/+$/, '');
    this.axios.defaults.httpAgent = new http.Agent({ keepAlive: false });
    // What is longer is no answer of Twilio's.
    this.axios.defaults.maxContentLength = 256 * 1024;
    this.axios.interceptors.request.use((config) => {
      const current = this.#current.getStore();
      if (current === undefined) return config;
      const transport = this.#baseUrl.startsWith('https:') ? https : http;
      const request = (
        options: http.RequestOptions,
        onResponse: (response: http.IncomingMessage) => void,
      ) => {
        const made = transport.request(options, onResponse);
        watch(made, current.exchange);
        return made;
      };
      return { ...config, signal: current.signal, transport: { request } };
    });
  }

  /** Runs what makes the SDK send one request. */
  during<T>(exchange: Exchange, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    return this.#current.run({ exchange, signal }, work);
  }

  override request<T>(options: Parameters<typeof twilio.RequestClient.prototype.request<T>>[0]) {
    return super.request<T>({ ...options, uri: options.uri.replace(API, this.#baseUrl) });
  }
}
