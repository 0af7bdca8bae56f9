/** A column of a table. Its cells are the slot of the same name. */
export interface Column {
  readonly key: string;
  readonly title: string;
  readonly align?: 'end' | 'tight';
  /** The column that says what the row is: the head of its card on a phone. */
  readonly isName?: boolean;
}
