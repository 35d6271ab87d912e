import { createServer, type Server } from 'node:http';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const folder = dirname(fileURLToPath(import.meta.url));

const options = {
  bundle: true, minify: true, write: false, format: 'esm', target: 'es2022', platform: 'browser', logLevel: 'warning',
  define: { 'process.env.NODE_ENV': '"production"' },
} as const;

/** Bytes of all that `@serendip/client` exports, minified and gzipped. */
export async function bundleBytes(): Promise<number> {
  const { outputFiles } = await build({ ...options, stdin: { contents: 'export * from "@serendip/client";', resolveDir: folder } });
  return gzipSync(outputFiles[0]!.contents, { level: 9 }).length;
}

/** What a page is told, in its address. */
export interface PageSettings {
  readonly gateway: readonly string[];
  readonly key: string;
  readonly userId?: string;
  readonly fault?: string;
  /** Items of the impressions page. */
  readonly items?: readonly string[];
}

/** Serves the pages in `pages/`, each as a script that holds the built SDK. */
export class PageServer {
  private readonly server: Server;
  private base = '';

  private constructor(scripts: ReadonlyMap<string, string>) {
    this.server = createServer(({ url }, answer) => {
      const name = new URL(url ?? '/', 'http://page').pathname.slice(1);
      const script = scripts.get(name.replace(/\.js$/, ''));
      if (name.endsWith('.js') && script !== undefined) answer.writeHead(200, { 'content-type': 'text/javascript' }).end(script);
      else answer.writeHead(200, { 'content-type': 'text/html' }).end(`<!doctype html><meta charset="utf-8"><title>${name}</title><link rel="icon" href="data:,"><a id="away" href="/elsewhere">away</a><div id="root"></div>${script === undefined ? '' : `<script type="module" src="/${name}.js"></script>`}`);
    });
  }

  static async start(): Promise<PageServer> {
    const names = ['events', 'impressions'];
    const built = await Promise.all(names.map((name) => build({ ...options, entryPoints: [join(folder, 'pages', `${name}.js`)] })));
    const server = new PageServer(new Map(names.map((name, i) => [name, built[i]!.outputFiles[0]!.text])));
    await new Promise<void>((resolve) => { server.server.listen(0, '127.0.0.1', resolve); });
    const address = server.server.address();
    server.base = `http://127.0.0.1:${typeof address === 'object' ? address!.port : 0}`;
    return server;
  }

  url(page: 'events' | 'impressions', settings: PageSettings): string {
    return `${this.base}/${page}?${encodeURIComponent(JSON.stringify(settings))}`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}
