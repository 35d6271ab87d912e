export { FakeParts, documentOf, planOf, requestOf } from './fakes.js';
