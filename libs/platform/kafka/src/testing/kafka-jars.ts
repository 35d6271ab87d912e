import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const version = '4.1.1';
const run = promisify(execFile);

const project = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>serendip</groupId><artifactId>kafka-broker</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies><dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${version}</version></dependency></dependencies>
</project>
`;

/** The folder of the jars of Apache Kafka; Maven fetches them when they are not there yet. Needs `mvn` and Java 17. */
export async function kafkaJars(): Promise<string> {
  const cache = fileURLToPath(new URL('../../../../../node_modules/.cache/serendip', import.meta.url));
  const folder = join(cache, `kafka-${version}`);
  if (existsSync(folder)) return folder;
  const fetching = join(cache, `kafka-${version}-${process.pid}`);
  mkdirSync(fetching, { recursive: true });
  writeFileSync(join(fetching, 'pom.xml'), project);
  try {
    await run('mvn', ['-q', '-B', '-f', join(fetching, 'pom.xml'), 'dependency:copy-dependencies', `-DoutputDirectory=${join(fetching, 'jars')}`]);
    renameSync(join(fetching, 'jars'), folder);
  } catch (error) {
    if (!existsSync(folder)) throw new Error('Apache Kafka could not be fetched with mvn: install Maven and Java 17 (apt-get install maven openjdk-17-jre-headless).', { cause: error });
  } finally {
    rmSync(fetching, { recursive: true, force: true });
  }
  return folder;
}
