/** What somebody can be reported for: words that stand for kinds of trouble. */
export const TROUBLES = ['spam', 'abuse', 'sexual', 'other'] as const;
