export { stateWithProfile } from './state-with-profile.js';
