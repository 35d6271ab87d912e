import { containerPath, faultsOf, type Cluster, type Workload } from '../cluster.ts';
import { environmentOf } from '../environment.ts';
import type { Fault } from '../manifest.ts';

/** Source text of an app by its name, with the platform code that reads environments; undefined where there is no such app. */
export type SourcesOf = (app: string) => string | undefined;

type Container = Workload['containers'][number];

const commandOf = ({ command = [], args = [] }: Container): string => [...command, ...args].join(' ');

/** The app that a container starts. */
const appOf = (container: Container): string | undefined => /^node apps\/([\w-]+)\/dist\/main\.js$/.exec(commandOf(container))?.[1];

const names = (text: string, variable: string): boolean => !variable.startsWith('SERENDIP_') || new RegExp(`\\b${variable}\\b`).test(text);

/** Every service starts an app that exists; the app reads what is set for it alone, some app what is set for all. */
export function sources(cluster: Cluster, sourcesOf: SourcesOf): readonly Fault[] {
  const services = cluster.workloads.filter(({ component }) => component !== 'engine');
  const texts = new Map(services.flatMap(({ pod }) => pod.containers.map((container) => {
    const app = appOf(container);
    return [container, app === undefined ? undefined : sourcesOf(app)] as const;
  })));
  const everything = [...texts.values()].join('\n');
  return services.flatMap((workload) => workload.pod.containers.flatMap((container) => {
    const fault = faultsOf(workload.manifest);
    const path = containerPath(workload, container);
    const text = texts.get(container);
    if (text === undefined) return [fault(`${path}.command`, `'${commandOf(container)}' starts no app of this repository`)];
    const own = container.env?.map(({ name }) => name) ?? [];
    const shared = Object.keys(environmentOf(container, cluster)).filter((name) => !own.includes(name));
    return [
      ...own.filter((name) => !names(text, name)).map((name) => fault(`${path}.env`, `${appOf(container)} does not read ${name}`)),
      ...shared.filter((name) => !names(everything, name)).map((name) => fault(`${path}.envFrom`, `no app reads ${name}`)),
    ];
  }));
}
