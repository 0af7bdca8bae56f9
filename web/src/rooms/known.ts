/** What was heard already: after a failure an event may come twice. */
export class Known {
  private readonly ids = new Set<string>();

  constructor(private readonly most = 500) {}

  /** Remember it, and say whether it is new. */
  isNew(id: string): boolean {
    if (this.ids.has(id)) return false;
    this.ids.add(id);
    const [oldest] = this.ids;
    if (this.ids.size > this.most && oldest !== undefined) this.ids.delete(oldest);
    return true;
  }
}
