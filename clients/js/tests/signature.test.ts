/** The vectors stand in the protocol notes (signature login) and in docs/api-by-example.md. */
import { describe, expect, it } from 'vitest';

import { freshNonce, saltOf, sign, tidyName } from '../src/session/signature.js';

describe('the signed login', () => {
  it('makes the salt of name and password', () => {
    expect(saltOf('user', 'xxx')).toBe('e706d76a96fb6435897815f6956313ee');
  });

  it('signs with nothing but name and salt', () => {
    const signed = sign('user', 'e706d76a96fb6435897815f6956313ee', 0, '');
    expect(signed.signature).toBe('07a386fbc4316bbc7a0283df6f060e70');
  });

  it('signs the documented example', () => {
    const signed = sign('alice', '1e80a39bf9e1cb8e97cdaee2ace85281', 1634543466000, 'o29dmek', 'player');
    expect(signed.signature).toBe('88928a80e8463bf2710f4c639b6d1c2b');
  });

  it('signs names of any script as UTF-8', () => {
    expect(saltOf('小明', '密码')).toBe('70b2667afc4bbf1ecb5faafff37a2540');
  });

  it('never signs twice with one nonce', () => {
    expect(freshNonce()).not.toBe(freshNonce());
  });

  it('composes a name and cuts the spaces around it', () => {
    expect(tidyName('  Zoe\u0308 ')).toBe('Zoë');
  });
});
