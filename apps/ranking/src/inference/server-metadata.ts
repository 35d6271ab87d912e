/** How the service calls itself to clients of the Open Inference Protocol. */
export const SERVER = { name: 'serendip-ranking', version: '0.1.0' };
