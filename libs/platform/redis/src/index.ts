export { REDIS_FORMS, isRedisUrl, placeOf, redisAddressOf, type RedisAddress } from './redis-address.js';
