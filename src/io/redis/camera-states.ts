import type { Redis } from 'ioredis';
import type { CameraId } from '../../domain/ids.js';
import type { CameraStates } from '../../ports.js';
import { allAnswered, answered } from './connection.js';
import {
  HOURS_KEPT_MS,
  dayOf,
  daysOf,
  hourFields,
  hourOfCommit,
  parseHours,
  touches,
} from './frame-hours.js';
import { checkpointJson, parseCheckpoint, parseSource } from './state-format.js';
import { BEGIN, COMMIT } from './state-scripts.js';

/**
 * The cameras' states in the jobs' Redis. A camera has one hash (epoch, version, checkpoint, pass, source) and
 * one hash of frame counts a UTC day, kept 90 days. Its keys share a hash tag: one slot of a Redis Cluster.
 * @param redis a connection of `connectRedis`.
 * @param prefix separates installations that share a Redis.
 */
export function createRedisCameraStates(redis: Redis, prefix: string): CameraStates {
  const stateKey = (cameraId: CameraId): string => `${prefix}:{${cameraId}}:state`;
  const dayKey = (cameraId: CameraId, day: string): string => `${prefix}:{${cameraId}}:hours:${day}`;
  const field = (cameraId: CameraId, name: string): Promise<string | null> =>
    answered(redis.hget(stateKey(cameraId), name), 'jobs');
  return {
    async begin(cameraId, heldVersion) {
      const key = stateKey(cameraId);
      const reply = await answered(redis.eval(BEGIN, 1, key, String(heldVersion ?? '')), 'jobs');
      const [epoch, version, json] = reply as [string, string, string | null | undefined];
      const taken = { epoch: Number(epoch), version: Number(version) };
      return json ? { ...taken, checkpoint: parseCheckpoint(json, cameraId, key) } : taken;
    },
    async commit(cameraId, epoch, checkpoint, counted) {
      const hourAt = hourOfCommit(cameraId, checkpoint, counted);
      const keys = [stateKey(cameraId), dayKey(cameraId, dayOf(hourAt))];
      const values = [
        String(epoch),
        checkpointJson(checkpoint),
        HOURS_KEPT_MS,
        ...hourFields(hourAt, counted).flat(),
      ];
      const version = await answered(redis.eval(COMMIT, keys.length, ...keys, ...values), 'jobs');
      return version === null ? undefined : Number(version);
    },
    async read(cameraId) {
      const json = await field(cameraId, 'checkpoint');
      return json === null ? undefined : parseCheckpoint(json, cameraId, stateKey(cameraId));
    },
    async hours(cameraId, from, to) {
      const asked = redis.pipeline();
      for (const day of daysOf(from, to)) asked.hgetall(dayKey(cameraId, day));
      const days = (await allAnswered(asked.exec(), 'jobs')) as Record<string, string>[];
      return parseHours(days.flatMap((fields) => Object.entries(fields))).filter(({ hourAt }) =>
        touches(hourAt, from, to),
      );
    },
    async source(cameraId) {
      const json = await field(cameraId, 'source');
      return json === null ? undefined : parseSource(json, cameraId, stateKey(cameraId));
    },
    async putSource(cameraId, state) {
      await answered(redis.hset(stateKey(cameraId), 'source', JSON.stringify(state)), 'jobs');
    },
    nextPass: (cameraId) => answered(redis.hincrby(stateKey(cameraId), 'pass', 1), 'jobs'),
  };
}
