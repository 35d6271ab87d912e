export { assign, bucketOf, type Arm, type ArmSplit } from './assign.js';
