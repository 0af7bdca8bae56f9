/** Naive UI's parts in the colours of look.css. It computes with colours, so that it takes no variables. */
import { darkTheme, type GlobalThemeOverrides } from 'naive-ui';

import type { Theme } from '../composables/useTheme';

const SHARED: GlobalThemeOverrides['common'] = {
  fontFamily: 'var(--lr-font)',
  fontSize: '13px',
  fontSizeMedium: '13px',
  fontSizeSmall: '13px',
  borderRadius: '6px',
  heightMedium: '32px',
  heightSmall: '28px',
};

const LIGHT: GlobalThemeOverrides = {
  common: {
    ...SHARED,
    primaryColor: '#0f6b4f',
    primaryColorHover: '#0b5840',
    primaryColorPressed: '#084431',
    primaryColorSuppl: '#0f6b4f',
    errorColor: '#b3231a',
    errorColorHover: '#991d15',
    errorColorPressed: '#7f1811',
    errorColorSuppl: '#b3231a',
    warningColor: '#7a4b00',
    textColorBase: '#13201b',
    textColor1: '#13201b',
    textColor2: '#1f2d27',
    textColor3: '#53625b',
    placeholderColor: '#65736c',
    bodyColor: '#f6f8f7',
    borderColor: '#c3cdc8',
    dividerColor: '#dfe6e3',
  },
};

const DARK: GlobalThemeOverrides = {
  common: {
    ...SHARED,
    primaryColor: '#45c99a',
    primaryColorHover: '#63d6ae',
    primaryColorPressed: '#35b487',
    primaryColorSuppl: '#45c99a',
    errorColor: '#ff9088',
    errorColorHover: '#ffa59f',
    errorColorPressed: '#f07a72',
    errorColorSuppl: '#ff9088',
    warningColor: '#f2cd82',
    textColorBase: '#e8efec',
    textColor1: '#e8efec',
    textColor2: '#d7e0dc',
    textColor3: '#a0afa8',
    placeholderColor: '#8b9a93',
    bodyColor: '#0c1210',
    cardColor: '#141b19',
    modalColor: '#1b2421',
    popoverColor: '#1b2421',
    inputColor: '#0f1614',
    borderColor: '#3a4843',
    dividerColor: '#26312d',
  },
};

export function themeOf(theme: Theme) {
  return theme === 'dark' ? { base: darkTheme, overrides: DARK } : { base: null, overrides: LIGHT };
}
