/**
 * Who may do what in a room: what an app offers to whom. The service decides, and its table is the one that counts
 * (docs/permissions.md).
 */

const RANKS = ['audience', 'speaker', 'anchor', 'moderator', 'owner'] as const;
/** Roles in the order of their rights. */
export type Rank = (typeof RANKS)[number];

export type Right = 'appoint' | 'transfer' | 'configure' | 'arrange' | 'seat' | 'speakUp' | 'activities' | 'record' | 'pin' | 'recall' | 'moderate';

const LEAST: Readonly<Record<Right, Rank>> = {
  appoint: 'owner',
  transfer: 'owner',
  configure: 'owner',
  record: 'owner',
  arrange: 'moderator',
  seat: 'anchor',
  speakUp: 'anchor',
  activities: 'anchor',
  pin: 'anchor',
  recall: 'moderator',
  moderate: 'moderator',
};

/**
 * The rank of a member with this displayed role; roles that the client does not know are the audience's, and so is that
 * of a host whom the owner has not appointed.
 */
export function rankOf(role: string, { owns, appointed }: { owns: boolean; appointed: boolean }): Rank {
  if (owns) return 'owner';
  if (role === 'anchor' && !appointed) return 'audience';
  return RANKS.find((rank) => rank === role) ?? 'audience';
}

export function may(rank: Rank, right: Right): boolean {
  return RANKS.indexOf(rank) >= RANKS.indexOf(LEAST[right]);
}

export function outranks(rank: Rank, other: Rank): boolean {
  return RANKS.indexOf(rank) > RANKS.indexOf(other);
}
