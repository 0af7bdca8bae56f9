import { describe, expect, it } from 'vitest';

import { changesIn, formOf, type Gift, languagesIn, linesOf, pictureAt } from '../../src/console/gifts';

const VERSION = { version: 2, price: 20, points: 20, hostShare: 500, agencyShare: 100, platformShare: 400, level: 1, fromUtc: '', madeUtc: '', madeBy: 'key:1', counts: true };
const ROSE: Gift = {
  giftId: 'rose',
  name: 'Rose',
  description: 'red',
  languages: { zh: { name: '玫瑰', description: '一朵' }, 'pt-BR': { name: 'Rosa', description: '' } },
  categoryId: 'small',
  position: 3,
  state: 'hidden',
  offered: false,
  receivers: 'host',
  iconUrl: '/gifts/rose.webp',
  animationUrl: 'https://example.com/rose.svga',
  animationKind: 'svga',
  extension: { tier: 1 } as unknown as Gift['extension'],
  sinceUtc: '2026-01-01 00:00:00',
  untilUtc: '',
  createUtc: '',
  updateUtc: '',
  versions: [VERSION, { ...VERSION, version: 1, price: 10, counts: false }],
};

describe('texts of other languages', () => {
  it('are lines that read as they were written', () => {
    const lines = linesOf(ROSE.languages);
    expect(lines).toBe('zh: 玫瑰 | 一朵\npt-BR: Rosa');
    expect(languagesIn(`\n${lines}\n\n`)).toEqual(ROSE.languages);
    expect(languagesIn('')).toEqual({});
  });

  it.each(['zh 玫瑰', 'zh:', ': rose', 'zh: | a rose'])('are refused where a line says nothing: %s', (line) => {
    expect(languagesIn(line)).toBeNull();
  });
});

describe('what is sent of the form', () => {
  it('is nothing where nothing was changed', () => {
    expect(changesIn(formOf(ROSE), formOf(ROSE))).toEqual({});
  });

  it('is only what was changed, and points follow the price unless they were written', () => {
    const before = formOf(ROSE);
    const now = { ...before, name: ' Red rose ', price: '30', hidden: '', extension: '', fromUtc: '2099-01-01 00:00:00' };
    expect(changesIn(before, now)).toEqual({ name: 'Red rose', price: 30, hidden: false, extension: '{}', fromUtc: '2099-01-01 00:00:00' });
  });

  it('has all shares where one was changed, and the kind with the animation', () => {
    const before = formOf(ROSE);
    expect(changesIn(before, { ...before, hostShare: '600', platformShare: '300' })).toEqual({ hostShare: 600, agencyShare: 100, platformShare: 300 });
    expect(changesIn(before, { ...before, animationKind: 'vap' })).toEqual({ animationUrl: 'https://example.com/rose.svga', animationKind: 'vap' });
    expect(changesIn(before, { ...before, animationUrl: '', animationKind: '' })).toEqual({ animationUrl: '' });
    expect(changesIn(before, { ...before, languages: 'zh: 玫瑰' })).toEqual({ languages: { zh: { name: '玫瑰', description: '' } } });
  });

  it('is what a new gift needs, without what the settings say', () => {
    const before = formOf(null);
    expect(changesIn(before, { ...before, giftId: 'kite', name: 'Kite', price: '66' })).toEqual({ name: 'Kite', price: 66 });
  });
});

describe('a picture', () => {
  it('of this service is below its root', () => {
    expect(pictureAt('/gifts/rose.webp', '/live/')).toBe('/live/gifts/rose.webp');
    expect(pictureAt('/gifts/rose.webp', '/')).toBe('/gifts/rose.webp');
    expect(pictureAt('https://example.com/a.png', '/live/')).toBe('https://example.com/a.png');
  });
});
