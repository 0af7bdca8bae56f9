/** Questions before an action: whether, with what choices, and why. One at a time; the shell shows it. */
import { shallowRef } from 'vue';

export interface Choice {
  readonly label: string;
  readonly value: string;
}

/** One thing to be said beside yes. */
export interface Field {
  readonly name: string;
  readonly label: string;
  readonly kind: 'choice' | 'text' | 'long' | 'switch' | 'number';
  readonly value?: string;
  readonly choices?: readonly Choice[];
  readonly needed?: boolean;
  readonly most?: number;
}

export interface Question {
  readonly title: string;
  readonly text?: string;
  /** What the button says. */
  readonly action: string;
  readonly tone?: 'plain' | 'danger';
  readonly fields?: readonly Field[];
  /** Whether a reason is asked for; `must` refuses an empty one. */
  readonly why?: 'no' | 'may' | 'must';
}

export interface Said {
  readonly why: string;
  readonly values: Readonly<Record<string, string>>;
}

interface Asked extends Question {
  readonly answer: (said: Said | null) => void;
}

const asked = shallowRef<Asked | null>(null);
const password = shallowRef<((given: string | null) => void) | null>(null);

export function useConfirm() {
  return {
    asked,
    password,
    /** Ask; null where the operator would rather not. */
    ask: (question: Question): Promise<Said | null> =>
      new Promise((resolve) => {
        asked.value?.answer(null);
        asked.value = {
          ...question,
          answer: (said) => {
            asked.value = null;
            resolve(said);
          },
        };
      }),
  };
}

/** Ask for the password again; null where the operator would rather not. */
export function askPassword(): Promise<string | null> {
  return new Promise((resolve) => {
    password.value = (given) => {
      password.value = null;
      resolve(given);
    };
  });
}
