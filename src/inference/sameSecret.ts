/** Compares what a peer or another program shows with the token, without telling by the time it takes how much of it was right. */

import * as crypto from 'node:crypto';

/** The hashes have the same length whatever was sent. */
export function sameSecret(one: string, other: string): boolean {
	const hash = (text: string) => crypto.createHash('sha256').update(text).digest();
	return crypto.timingSafeEqual(hash(one), hash(other));
}
