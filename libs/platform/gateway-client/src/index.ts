export { GatewayClient, type GatewayOptions, type Sending } from './gateway-client.js';
