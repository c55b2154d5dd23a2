/** What can be wrong with a server, in words for the user: the server, the reason, and what helps. */

import { ModelUnavailable, type Problem, type Remedy } from '../model';
import type { Translate } from '../statusText';

/**
 * `away`: nobody answers. `silent`: it answers no more. `busy`: it has too much to do, or still loads. `key`: it wants
 * another key. `missing`: it has no such thing. `broken`: its answer is none. `refused`: it does not do what was asked.
 */
export type TroubleKind = 'away' | 'silent' | 'busy' | 'key' | 'missing' | 'broken' | 'refused' | 'address';

/** A server that does not give what it was asked for. */
export class ServerTrouble extends ModelUnavailable {
	constructor(
		readonly kind: TroubleKind,
		message: string,
		/** Of HTTP; undefined where there was no answer. */
		readonly status?: number,
		/** What the server itself said of it. */
		readonly said = '',
	) {
		super(problemOf(kind, message));
	}
}

export function problemOf(kind: TroubleKind, message: string): Problem {
	const remedies: readonly Remedy[] =
		kind === 'busy' ? ['disconnect-server'] : ['connect-server', 'disconnect-server'];
	return { code: `server-${kind}`, message, remedies };
}

/** Characters of what a server says that are passed on. */
const LONGEST_SAYING = 300;

/**
 * @param said what the server says of it; may be empty.
 * @param what was asked for, for example `/v1/chat/completions`.
 */
export function statusTrouble(
	status: number,
	said: string,
	what: string,
	host: string,
	hasKey: boolean,
	translate: Translate,
): ServerTrouble {
	const saying = said === '' ? '' : ` ${translate('It says: {0}', said.slice(0, LONGEST_SAYING))}`;
	const trouble = (kind: TroubleKind, sentence: string) =>
		new ServerTrouble(kind, sentence + saying, status, said);
	if (status === 401) {
		return trouble(
			'key',
			hasKey
				? translate('{0} does not accept the key (status 401). Connect again with a valid one.', host)
				: translate('{0} wants a key (status 401). Connect again and enter it.', host),
		);
	}
	if (status === 403) {
		return trouble(
			'key',
			translate(
				'{0} does not allow this (status 403). Ask whoever runs it, or connect again with another key.',
				host,
			),
		);
	}
	if (status === 404 || status === 410) {
		return trouble(
			'missing',
			translate(
				'{0} has no {1}, or no such model (status {2}). Connect again to see which models it has.',
				host,
				what,
				status,
			),
		);
	}
	if (status >= 300 && status < 400) {
		return trouble(
			'address',
			translate(
				'{0} redirects to another address (status {1}). Code and key are not sent after it: connect to the address itself.',
				host,
				status,
			),
		);
	}
	if (status === 429) {
		return trouble('busy', translate('{0} has too many requests (status 429). Try again in a moment.', host));
	}
	if (status === 503) {
		return trouble(
			'busy',
			translate(
				'{0} is not ready (status 503): it loads a model, or is too busy. Try again in a moment.',
				host,
			),
		);
	}
	if (status >= 500 && status !== 501) {
		return trouble(
			'broken',
			translate('{0} failed (status {1}). Its own log says why; try again later.', host, status),
		);
	}
	return trouble('refused', translate('{0} refuses {1} (status {2}).', host, what, status));
}

/** Whether it may be over soon, without anybody doing anything here. */
export function isPassing(kind: TroubleKind): boolean {
	return kind !== 'key' && kind !== 'address';
}
