/** What of a room is shown apart, one at a time. */
export type Sheet =
  | 'people'
  | 'tools'
  | 'edit'
  | 'manage'
  | 'end'
  | 'connect'
  | 'gifts'
  | 'battle'
  | 'stream'
  | 'envelope'
  | 'poll'
  | 'ranking';
