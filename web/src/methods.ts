/** The names of methods in what is kept of calls. */

const BASE = /^base\/v1\//;

/** The method of a line of an audit log: `admin/close_room` for `base/v1/admin/close_room`; other actions as they are. */
export function methodOf(action: string): string {
  return action.replace(BASE, '');
}
