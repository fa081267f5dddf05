import fc from 'fast-check';
import { BlockList } from 'node:net';
import { parseHostList } from '../../src/domain/host-list.js';

function listOf(...entries: string[]) {
  const list = parseHostList(entries);
  if (typeof list === 'string') throw new Error(list);
  return list;
}

it.each([
  ['192.168.1.0/24', '192.168.1.77', true],
  ['192.168.1.0/24', '192.168.2.77', false],
  ['192.168.1.0/24', '::ffff:192.168.1.77', true],
  ['192.168.1.0/24', '::ffff:c0a8:14d', true],
  ['0.0.0.0/0', '8.8.8.8', true],
  ['0.0.0.0/0', '2001::1', false],
  ['10.1.2.3', '10.1.2.3', true],
  ['10.1.2.3', '10.1.2.30', false],
  ['fd00::/8', 'fdff::1', true],
  ['fd00::/8', 'fe00::1', false],
  ['2001:DB8::1', '2001:db8:0:0:0:0:0:1', true],
  ['::/0', '::1', true],
  ['::/0', '10.0.0.1', false],
  ['cam.example.org', 'cam.example.org', true],
  ['cam.example.org', 'x.cam.example.org', false],
  ['CAM.Example.org', 'cam.example.org', true],
  ['*.cams.lan', 'a.cams.lan', true],
  ['*.cams.lan', 'a.b.cams.lan', true],
  ['*.cams.lan', 'cams.lan', false],
  ['*.cams.lan', 'evilcams.lan', false],
  ['10.0.0.0/8', '010.0.0.1', false],
  ['10.0.0.0/8', '10.0.0.256', false],
  ['10.0.0.0/8', '10.evil.org', false],
])('%s and %s: %s', (entry, host, has) => {
  expect(listOf(entry).has(host)).toBe(has);
});

it.each([
  '',
  '*',
  '10.0.0.0/33',
  'fd00::/129',
  '10.0.0.0/',
  '10.0.0.0/-1',
  'a b',
  'cam/8',
  'http://cam',
  '*.',
  'a..b',
])('says that %j is none', (entry) => {
  expect(parseHostList(['10.0.0.1', entry])).toMatch(`"${entry}" is no address, network or name`);
});

it.each([
  ['IPv4', fc.ipV4(), 32, 'ipv4'],
  ['IPv6', fc.ipV6(), 128, 'ipv6'],
] as const)(
  "agrees with Node's own lists on any address and network of %s",
  (_what, anyAddress, most, family) => {
    // Node knows an IPv4 address written as IPv6 only where the list holds IPv4.
    const address = anyAddress
      .filter((text) => !/^[0:]*:ffff:/i.test(text))
      .map((text) => text.toLowerCase());
    fc.assert(
      fc.property(address, address, fc.nat(most), (base, other, width) => {
        const nodes = new BlockList();
        nodes.addSubnet(base, width, family);
        const list = listOf(`${base}/${width}`);
        expect(list.has(other)).toBe(nodes.check(other, family));
        expect(list.has(base)).toBe(true);
      }),
      { numRuns: 300 },
    );
  },
);
