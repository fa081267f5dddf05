/**
 * Epochs and versions come from the server's clock in microseconds, and are greater than the one before whatever
 * the clock says. Plain counters would be given out a second time after a failover or a power cut took the last
 * second of the append-only file, and a worker with the same number would pass for the owner.
 */
const NEWER = `
local function newer(old)
  local time = redis.call('TIME')
  return string.format('%.0f', math.max(tonumber(old or 0) + 1, time[1] * 1000000 + time[2]))
end`;

/** KEYS: state. ARGV: the version the caller holds, or ''. Gives epoch, version and, when newer, the checkpoint. */
export const BEGIN = `${NEWER}
local epoch = newer(redis.call('HGET', KEYS[1], 'epoch'))
redis.call('HSET', KEYS[1], 'epoch', epoch)
local version = redis.call('HGET', KEYS[1], 'version') or '0'
if version == ARGV[1] then return {epoch, version} end
return {epoch, version, redis.call('HGET', KEYS[1], 'checkpoint')}`;

/**
 * KEYS: state, hours of the day. ARGV: epoch, checkpoint, life of the hours in ms, then pairs of field and count.
 * Gives the new version, or nothing when the epoch is not the newest one.
 */
export const COMMIT = `${NEWER}
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[1] then return false end
local version = newer(redis.call('HGET', KEYS[1], 'version'))
redis.call('HSET', KEYS[1], 'version', version, 'checkpoint', ARGV[2])
for i = 4, #ARGV, 2 do redis.call('HINCRBY', KEYS[2], ARGV[i], ARGV[i + 1]) end
redis.call('PEXPIRE', KEYS[2], ARGV[3])
return version`;
