/** Those that a phone opens from the list of tools. */
export const TOOL_SHEETS = ['edit', 'manage', 'end', 'envelope', 'poll', 'goal', 'recording', 'songs'] as const;
export type ToolSheet = (typeof TOOL_SHEETS)[number];

/** What of a room is shown apart, one at a time. */
export type Sheet =
  | ToolSheet
  | 'people'
  | 'tools'
  | 'connect'
  | 'gifts'
  | 'battle'
  | 'stream'
  | 'ranking';
