export { CHECKS, CheckFailed, CheckSkipped, allPassed, type Check, type CheckName, type Passed } from './check.js';
export { checkBundle, type CheckOptions } from './check-bundle.js';
export { PRICES, type Prices } from './cost.js';
export { IsolatedModel } from './isolated/isolated-model.js';
export { predict } from './predict.js';
export type { Tensors } from './isolated/messages.js';
