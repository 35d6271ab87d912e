/** Nest token of the gateway's configuration. */
export const GATEWAY_CONFIG = Symbol('gateway configuration');

/** Nest token of the object store. */
export const OBJECTS = Symbol('object store');

/** Nest token of the gateway's logger. */
export const LOGGER = Symbol('gateway logger');
