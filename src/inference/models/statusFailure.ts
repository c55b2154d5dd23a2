/** What an HTTP status means for a download: whether to try again, to ask for a token, or to give up. */

import type { Translate } from '../statusText';
import { DownloadFailure } from './failure';
import type { Token } from './web';

/** Milliseconds that a download waits because a server asks it to; who asks for more is left alone. */
const LONGEST_WAIT = 60_000;

const TRANSIENT: readonly number[] = [408, 425, 429, 500, 502, 503, 504];

interface Refusal {
	readonly status: number;
	readonly headers: { readonly 'retry-after'?: string | undefined };
	readonly address: URL;
}

/** @param token of the host that may be given one: another one that refuses cannot be helped with it. */
export function statusFailure(
	{ status, headers, address }: Refusal,
	token: Token | undefined,
	translate: Translate,
): DownloadFailure {
	const { host } = address;
	if ((status === 401 || status === 403) && address.hostname !== token?.host) {
		return new DownloadFailure(
			translate(
				'{0} does not give this file away (status {1}). Try again later, or download it with a browser where you are signed in, and import it.',
				host,
				status,
			),
			'final',
		);
	}
	const hadToken = token?.value !== undefined;
	if (status === 401 && !hadToken) {
		// The hub says so of what does not exist, too.
		return new DownloadFailure(
			translate(
				'{0} does not give this to everybody (status 401): the model may not exist any more, or its terms are to be accepted. Search for another, or accept them on the page of the model and enter an access token.',
				host,
			),
			'gated',
		);
	}
	if (status === 401 || status === 403) {
		return new DownloadFailure(
			hadToken
				? translate(
						'{0} does not let this access token have the file (status {1}). Accept the terms on the page of the model, or enter another token.',
						host,
						status,
					)
				: translate(
						'{0} gives this file only to those who have accepted its terms (status {1}). Accept them on the page of the model, and enter an access token.',
						host,
						status,
					),
			'gated',
		);
	}
	if (status === 404 || status === 410) {
		return new DownloadFailure(
			translate('{0} has no {1}. It may have been renamed: search for it.', host, decoded(address.pathname)),
			'final',
		);
	}
	if (!TRANSIENT.includes(status)) {
		return new DownloadFailure(
			translate(
				'{0} answers with status {1}. Try another file, or import one from this machine.',
				host,
				status,
			),
			'final',
		);
	}
	const wait = waitOf(headers['retry-after']);
	return wait !== undefined && wait > LONGEST_WAIT
		? new DownloadFailure(
				translate('{0} is busy and asks to come back in {1} minutes.', host, Math.ceil(wait / 60_000)),
				'final',
			)
		: new DownloadFailure(
				translate('{0} is busy or broken (status {1}). Try again later.', host, status),
				'transient',
				wait,
			);
}

/** Milliseconds of `Retry-After`, which holds seconds or a date; undefined where it holds neither. */
function waitOf(header: string | undefined): number | undefined {
	if (header === undefined) {
		return undefined;
	}
	const milliseconds = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
	return Number.isFinite(milliseconds) ? Math.max(0, milliseconds) : undefined;
}

function decoded(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}
