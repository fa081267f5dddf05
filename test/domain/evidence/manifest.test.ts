import { refusedPath } from '../../../src/domain/evidence/manifest.js';

describe('paths of a package', () => {
  it.each([
    [['../clip.mp4'], 'must be names of'],
    [['/etc/passwd'], 'must be names of'],
    [['a/../b'], 'must be names of'],
    [['a//b'], 'must be names of'],
    [['.hidden'], 'must be names of'],
    [['a b'], 'must be names of'],
    [['a\\b'], 'must be names of'],
    [['C:x'], 'must be names of'],
    [['ảnh.jpg'], 'must be names of'],
    [[''], 'must be names of'],
    [['Manifest.JSON'], 'is there already'],
    [['a.mp4', 'A.mp4'], 'is there already'],
    [['a', 'a/b'], 'would be a file and a folder'],
    [['A/b', 'a'], 'would be a file and a folder'],
  ])('refuse %j', (paths, why) => {
    expect(refusedPath(paths)).toContain(why);
  });

  it('may have folders', () => {
    expect(refusedPath(['clip.mp4', 'segments/08-00-00.000Z.mp4', 'segments/more/1.mp4'])).toBeUndefined();
  });
});
