import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readSize } from '../../shared/adapters/imageHeader/readSize.ts';
import { blobNameProblem } from '../../shared/photo/blobName.ts';
import { carriesUrl } from '../../shared/photo/captureEvent.ts';
import { checkIntake } from '../../shared/photo/intake.ts';
import { readCapture } from '../../shared/photo/readCapture.ts';
import { rejectionAdvice } from '../../shared/results/rejection.ts';
import { goodPhoto } from '../helpers/badPhotos.ts';

const jpeg = await goodPhoto();
const signature = fc.constantFrom('', 'ffd8ff', '89504e470d0a1a0a', '474946383961', '424d');

it('judges any bytes behind any signature without throwing, with a public reason', () => {
  fc.assert(
    fc.property(signature, fc.uint8Array({ maxLength: 200 }), (hex, tail) => {
      const verdict = checkIntake(Buffer.concat([Buffer.from(hex, 'hex'), tail]), readSize);

      if (verdict.kind === 'unfit') expect(rejectionAdvice).toHaveProperty(verdict.reason);
    }),
  );
});

it('calls a photo cut anywhere truncated or damaged, never fit', () => {
  fc.assert(
    fc.property(fc.integer({ min: 3, max: jpeg.length - 2 }), (lengthBytes) => {
      expect(checkIntake(jpeg.subarray(0, lengthBytes), readSize).kind).toBe('unfit');
    }),
  );
});

it('reads any event body without throwing', () => {
  const approved = { account: 'acme', containers: ['photos'] };
  const body = fc.oneof(
    fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    fc.json().map((text) => Buffer.from(text)),
  );
  fc.assert(
    fc.property(body, (bytes) => {
      const capture = { contentType: undefined, properties: {}, enqueuedAtMs: 0, position: 'p' };
      const read = readCapture({ ...capture, body: bytes }, approved);

      expect(['rejected', 'inline']).toContain(read.kind);
    }),
  );
});

it('finds a URL at any depth', () => {
  const place = fc.letrec<{ node: unknown }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 4 },
      fc.constant('https://evil.example/a.jpg'),
      fc.record({ inner: tie('node') }),
      fc.array(tie('node'), { minLength: 1, maxLength: 2 }),
    ),
  }));
  fc.assert(fc.property(place.node, carriesUrl));
});

it('accepts only names that a URL keeps inside their container', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (name) => {
      fc.pre(blobNameProblem(name) === undefined);
      const path = name.split('/').map(encodeURIComponent).join('/');
      const url = new URL(`http://127.0.0.1/photos/${path}`);

      expect(url.pathname.startsWith('/photos/')).toBe(true);
    }),
  );
});
