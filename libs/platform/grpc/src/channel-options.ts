import { logVerbosity, setLogVerbosity, type ChannelOptions } from '@grpc/grpc-js';

// What grpc-js would write to standard error comes back as errors too.
if (process.env['GRPC_VERBOSITY'] === undefined) setLogVerbosity(logVerbosity.NONE);

/** Largest message either way, bytes. */
export const maxMessageBytes = 64 * 1024 * 1024;

/** What either side of a connection, and of each of its streams, may send before the other has read it, bytes. */
export const windowBytes = 4 * 1024 * 1024;

const both: ChannelOptions = {
  'grpc.max_receive_message_length': maxMessageBytes,
  'grpc.max_send_message_length': maxMessageBytes,
  'grpc.keepalive_time_ms': 5_000,
  'grpc.keepalive_timeout_ms': 5_000,
  'grpc.enable_channelz': 0,
  'grpc-node.flow_control_window': windowBytes,
};

/** New calls move to a fresh connection now and then, so that replicas that were added get their share; open streams stay. */
export const serverOptions: ChannelOptions = { ...both, 'grpc.max_connection_age_ms': 5 * 60_000 };

/** Calls go round the addresses of the target; one that fails far more than the others is left out for a while. */
const serviceConfig = {
  loadBalancingConfig: [{
    outlier_detection: {
      interval: '1s',
      base_ejection_time: '3s',
      max_ejection_time: '30s',
      max_ejection_percent: 50,
      failure_percentage_ejection: { threshold: 50, enforcement_percentage: 100, minimum_hosts: 2, request_volume: 10 },
      child_policy: [{ round_robin: {} }],
    },
  }],
};

export const clientOptions: ChannelOptions = {
  ...both,
  'grpc.keepalive_permit_without_calls': 1,
  // A restarted peer is found again within a second.
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 500,
  'grpc.dns_min_time_between_resolutions_ms': 1_000,
  // Targets are ours: no proxy from the environment, no service config from DNS.
  'grpc.enable_http_proxy': 0,
  'grpc.service_config_disable_resolution': 1,
  'grpc.service_config': JSON.stringify(serviceConfig),
};
