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
  /** `many`: several of the choices, joined by commas in the value. `whole`: a whole number, 0 or more. */
  readonly kind: 'choice' | 'many' | 'text' | 'long' | 'secret' | 'switch' | 'whole';
  readonly value?: string;
  readonly choices?: readonly Choice[];
  readonly needed?: boolean;
  readonly most?: number;
  /** It is asked for only where another field has this value. */
  readonly where?: { readonly field: string; readonly is: string };
}

const WHOLE = /^\d{1,10}$/;

/** Say whether what was written will not do. */
export function lacks({ kind, needed }: Field, value: string): boolean {
  return (needed === true && value.trim() === '') || (kind === 'whole' && !WHOLE.test(value.trim()));
}

/** The fields that are asked for, by what was said so far. */
export function askedFor(fields: readonly Field[], values: Readonly<Record<string, string>>): readonly Field[] {
  return fields.filter(({ where }) => where === undefined || values[where.field] === where.is);
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

/** Something that is shown this once, such as a link or a secret. */
export interface Secret {
  readonly title: string;
  readonly text: string;
  readonly secrets: readonly string[];
}

const shown = shallowRef<Secret | null>(null);
const asked = shallowRef<Asked | null>(null);
const password = shallowRef<((given: string | null) => void) | null>(null);

export function useConfirm() {
  return {
    asked,
    password,
    shown,
    /** Show something that will not be shown again. */
    show: (secret: Secret) => {
      shown.value = secret;
    },
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
    password.value?.(null);
    password.value = (given) => {
      password.value = null;
      resolve(given);
    };
  });
}
