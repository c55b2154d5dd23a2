/** The secret that every request of another program has to show. */

import { randomBytes } from 'node:crypto';

/** 256 bits. */
const BYTES = 32;

export function newToken(): string {
	return randomBytes(BYTES).toString('base64url');
}

/** Whether it can be one of ours: what was kept may have been damaged. */
export function isToken(text: string | undefined): text is string {
	return text !== undefined && /^[\w-]{43}$/.test(text);
}
