import { describe, expect, it } from 'vitest';
import { imagePart } from '../../../local/predictionEndpoint/wire/multipart.ts';

const type = 'multipart/form-data; boundary="b0"';
const photo = Buffer.from([0, 13, 10, 45, 45, 255, 13, 10, 13, 10, 254]);
const named = 'Content-Disposition: form-data; name="imageData"';

function body(...parts: readonly (readonly [string, Buffer])[]): Buffer {
  const written = parts.map(([head, content]) =>
    Buffer.concat([Buffer.from(`--b0\r\n${head}\r\n\r\n`), content, Buffer.from('\r\n')]),
  );
  return Buffer.concat([...written, Buffer.from('--b0--\r\n')]);
}

describe('the photo in a multipart body', () => {
  it.each([
    ['first', body([named, photo], ['Content-Disposition: form-data; name="x"', photo])],
    ['last', body(['Content-Disposition: form-data; name="x"', Buffer.from('1')], [named, photo])],
    ['behind a preamble', Buffer.concat([Buffer.from('hi\r\n'), body([named, photo])])],
    [
      'with a filename before its name',
      body([named.replace('; n', '; filename="name=z"; n'), photo]),
    ],
    ['after other headers', body([`Content-Type: image/png\r\n${named}`, photo])],
  ])('comes out byte for byte when it is %s', (_, bytes) => {
    expect(imagePart(type, bytes)).toEqual(photo);
  });

  it('may be empty', () => {
    expect(imagePart(type, body([named, Buffer.alloc(0)]))).toEqual(Buffer.alloc(0));
  });

  it.each([
    ['has another name', type, body([named.replace('imageData', 'photo'), photo])],
    ['never ends', type, body([named, photo]).subarray(0, -12)],
    ['has no head', type, Buffer.from('--b0\r\nimageData\r\n--b0--')],
    ['has another boundary', 'multipart/form-data; boundary=b1', body([named, photo])],
    ['has no boundary in the header', 'multipart/form-data', body([named, photo])],
    ['is nothing', type, Buffer.alloc(0)],
  ])('is not there when the body %s', (_, contentType, bytes) => {
    expect(imagePart(contentType, bytes)).toBeUndefined();
  });
});
