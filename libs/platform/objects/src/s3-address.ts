import { DomainError } from '@serendip/shared-errors';

/** Where objects are in S3, or in what speaks its protocol. */
export interface S3Address {
  readonly bucket: string;
  /** In front of every key, ending in '/'; '' for none. */
  readonly prefix: string;
  readonly region: string;
  /** Of a server that is not AWS. */
  readonly endpoint?: string;
}

const KNOWN = new Set(['region', 'endpoint']);
const PREFIX = /^[A-Za-z0-9@_.=+/-]*$/;

/** Reads `s3://BUCKET[/PREFIX][?region=…&endpoint=http…]`; throws INVALID_ARGUMENT/OBJECT_STORE_UNKNOWN for what is none. */
export function parseS3Address(url: string): S3Address {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const { hostname: bucket = '', pathname = '', searchParams = new URLSearchParams() } = parsed ?? {};
  const endpoint = searchParams.get('endpoint') ?? undefined;
  const stray = [...searchParams.keys()].find((name) => !KNOWN.has(name));
  const isWrong = bucket === '' || stray !== undefined || parsed?.username !== '' || !PREFIX.test(pathname) || (endpoint !== undefined && !/^https?:\/\//.test(endpoint));
  if (isWrong) throw new DomainError('INVALID_ARGUMENT', 'OBJECT_STORE_UNKNOWN', `'${url.replace(/\/\/[^/]*@/, '//…@')}' is no S3 store: say s3://BUCKET, s3://BUCKET/PREFIX, with ?region= and ?endpoint= where they are needed. Credentials come from the environment.`);
  const prefix = pathname.split('/').filter(Boolean).join('/');
  return { bucket, prefix: prefix === '' ? '' : `${prefix}/`, region: searchParams.get('region') ?? process.env.AWS_REGION ?? 'us-east-1', ...(endpoint === undefined ? {} : { endpoint }) };
}
