export const en = {
  charges: 'Charges',
  chargesText: 'What your own wallet was asked to take for gifts. Without its clear answer a gift is not sent, and the charge is reversed.',
  which: 'Which',
  'state.unknown': 'unknown',
  'state.returning': 'being given back',
  'state.asked': 'being asked',
  'state.charged': 'charged',
  'state.refused': 'refused',
  'state.reversed': 'reversed',
  'state.returned': 'given back',
  none: 'There are no charges of this state.',
  gift: 'Gift',
  coins: 'Coins',
  user: 'User',
  room: 'Room',
  said: 'Said',
  tries: 'Tries',
  time: 'When',
  next: 'Next try',
};

export type ChargesKey = keyof typeof en;
