/** Nest token of the trainer's configuration. */
export const TRAINER_CONFIG = Symbol('trainer configuration');
