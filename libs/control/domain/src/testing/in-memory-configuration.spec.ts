import { configurationRepositoryConformance } from './configuration-repository-conformance.js';
import { InMemoryConfiguration } from './in-memory-configuration.js';

configurationRepositoryConformance('memory', async () => new InMemoryConfiguration());
