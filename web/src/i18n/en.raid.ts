/** English texts of raids. */

export const enRaid = {
  'raid.open': 'Send viewers to another room…',
  'raid.send': 'Send',
  'raid.waiting': 'Asking {name} whether your viewers may come',
  'raid.going': 'We go to {name}',
  'raid.staying': 'You stay here; the others go to {name}',
  'raid.stay': 'Stay here',
  'raid.go': 'Go along',
  'raid.call_off': 'Call off',
  'raid.refused': 'The other room does not want your viewers now.',
  'raid.unanswered': 'The other room has not answered.',
  'raid.asks': '{name} wants to send {count} people here',
  'raid.arrived': 'The audience of {name} is coming',
} as const;
