import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** Encrypts texts bound to the name they are kept under, so that one cannot be put in another's place. */
export interface Sealer {
  readonly seal: (text: string, name: string) => Promise<string>;
  /** Rejects with a SealBroken for what was altered, moved or sealed with another key. */
  readonly open: (sealed: string, name: string) => Promise<string>;
}

/** Keys of 32 bytes: the first seals; the others still open, while keys are being changed. */
export type Keys = () => Promise<readonly [Buffer, ...Buffer[]]>;

export class SealBroken extends Error {
  override readonly name = 'SealBroken';
}

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const FORM = 'v1.';

/** AES-256-GCM (NIST SP 800-38D), a fresh nonce each time. */
export function sealer(keys: Keys): Sealer {
  return {
    seal: async (text, name) => {
      const [key] = await keys();
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(name));
      const parts = [nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()];
      return FORM + Buffer.concat(parts).toString('base64url');
    },
    open: async (sealed, name) => {
      const bytes = Buffer.from(sealed.slice(FORM.length), 'base64url');
      if (sealed.startsWith(FORM) && bytes.length >= NONCE_BYTES + TAG_BYTES) {
        for (const key of await keys()) {
          const text = openedWith(key, bytes, name);
          if (text !== null) return text;
        }
      }
      throw new SealBroken();
    },
  };
}

/** Reads keys in base64, apart by commas, each time they are asked for; rejects where one has not 32 bytes. */
export function keysFrom(secret: () => Promise<string>): Keys {
  return async () => {
    const [first, ...others] = (await secret())
      .split(',')
      .map((part) => Buffer.from(part.trim(), 'base64'));
    if (first === undefined || [first, ...others].some((key) => key.length !== KEY_BYTES)) {
      throw new RangeError(`an encryption key is ${KEY_BYTES} bytes in base64`);
    }
    return [first, ...others];
  };
}

function openedWith(key: Buffer, bytes: Buffer, name: string): string | null {
  const tagAt = bytes.length - TAG_BYTES;
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES))
    .setAAD(Buffer.from(name))
    .setAuthTag(bytes.subarray(tagAt));
  try {
    const text = decipher.update(bytes.subarray(NONCE_BYTES, tagAt), undefined, 'utf8');
    return text + decipher.final('utf8');
  } catch {
    return null;
  }
}
