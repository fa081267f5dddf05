import { authorization, chooseChallenge } from '../../../src/io/ffmpeg/http-auth.js';

const mufasa = { user: 'Mufasa', password: 'Circle of Life' };
/** RFC 7616, section 3.9.1. */
const rfc7616 = (algorithm: string) =>
  `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=${algorithm}, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`;
const request = {
  method: 'GET',
  uri: '/dir/index.html',
  count: 1,
  cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
};

function answer(headers: string[], credentials = mufasa, to = request): string {
  const challenge = chooseChallenge(headers);
  if (!challenge) throw new Error('no challenge');
  return authorization(challenge, credentials, to);
}

it.each([
  ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
  ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
])('answers the challenge of RFC 7616 with %s', (algorithm, response) => {
  const header = answer([rfc7616(algorithm)]);
  expect(header).toContain(`response="${response}"`);
  expect(header).toContain('qop=auth, nc=00000001');
  expect(header).toContain('opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"');
});

it('answers a server of RFC 2069, without qop', () => {
  // RFC 2069 section 2.4, with the response of its errata 749.
  const header = answer(
    [
      'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"',
    ],
    { user: 'Mufasa', password: 'CircleOfLife' },
  );
  expect(header).toContain('response="1949323746fe6a43ef61f9606e7febea"');
  expect(header).not.toContain('qop');
});

it('prefers SHA-256 to MD5 to Basic, in one header or several', () => {
  const [md5, sha] = [rfc7616('MD5'), rfc7616('SHA-256')];
  expect(chooseChallenge([`Basic realm="a, b", ${md5}, ${sha}`])?.params['algorithm']).toBe('SHA-256');
  expect(chooseChallenge(['Basic realm="x"', md5])?.scheme).toBe('digest');
  expect(chooseChallenge(['Basic'])?.scheme).toBe('basic');
  expect(chooseChallenge(['Basic realm="x"', rfc7616('SHA-512-256')])?.scheme).toBe('basic');
  expect(chooseChallenge(['Negotiate', 'Bearer realm="x"'])).toBeUndefined();
});

it('gives Basic the password in UTF-8', () => {
  expect(answer(['basic realm="x"'], { user: 'a', password: 'pä:ss' })).toBe(
    `Basic ${Buffer.from('a:pä:ss').toString('base64')}`,
  );
});
