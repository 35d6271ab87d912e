// Makes the tenant `default` and its first two keys, and prints them: control keeps only their hashes. Runs in a pod of control.
import { createGrpcClient } from '@serendip/platform-grpc';
import { control } from '@serendip/shared-contracts';

const client = createGrpcClient(control.ControlService, { target: `127.0.0.1:${process.env.SERENDIP_PORT ?? 50055}`, timeoutMs: 10_000 });
const tenant = 'default';
const actor = 'kubectl';
await client.createTenant({ id: tenant, actor });
for (const kind of ['PUBLISHABLE', 'SECRET']) {
  const { secret } = await client.createKey({ tenant, kind: control.KeyKind[kind], actor });
  console.log(`${kind.toLowerCase()} key: ${secret}`);
}
client.close();
