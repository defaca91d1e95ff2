/**
 * A certificate for clients that insist on TLS: an authority of its own, made at the start, and a
 * server certificate under it. The authority's PEM goes to the client; its key is never kept.
 */
import { randomUUID } from 'node:crypto';
import type { CertificateExtension } from 'selfsigned';

export interface ServerCertificate {
  readonly cert: string;
  readonly key: string;
  /** What a client has to trust. */
  readonly authorityPem: string;
}

const elliptic = { keyType: 'ec', algorithm: 'sha256' } as const;

const authorityExtensions: CertificateExtension[] = [
  { name: 'basicConstraints', cA: true, critical: true },
  { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
];

function serverExtensions(host: string): CertificateExtension[] {
  return [
    { name: 'basicConstraints', cA: false },
    { name: 'keyUsage', digitalSignature: true, critical: true },
    { name: 'extKeyUsage', serverAuth: true },
    {
      name: 'subjectAltName',
      altNames: [
        { type: 2, value: 'localhost' },
        { type: 7, ip: host },
      ],
    },
  ];
}

/** @param host - the address clients will name, beside `localhost`. */
export async function makeCertificate(host: string): Promise<ServerCertificate> {
  // Loading it takes longer than starting without TLS.
  const { generate } = await import('selfsigned');
  // A name of its own: who trusts several would check with the wrong one of two that share theirs.
  const name = `Local world ${randomUUID()}`;
  const authority = await generate([{ name: 'commonName', value: name }], {
    ...elliptic,
    extensions: authorityExtensions,
  });
  const server = await generate([{ name: 'commonName', value: 'localhost' }], {
    ...elliptic,
    extensions: serverExtensions(host),
    ca: { key: authority.private, cert: authority.cert },
  });
  return { cert: server.cert, key: server.private, authorityPem: authority.cert };
}
