export { KafkaCluster, type KafkaClusterOptions } from './kafka-cluster.js';
