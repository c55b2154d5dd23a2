/** Who may ask: programs of this machine that know the token, and no page in a browser. */

import type { IncomingHttpHeaders } from 'node:http';
import { sameSecret } from '../sameSecret';
import { ApiError } from './apiError';

/** Names of this machine alone. The port may be another one where it is forwarded. */
const HERE = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/i;

/**
 * A page can have a name of its own lead to this machine, and then counts as the server's own page: the name it asks for
 * gives it away. Browsers name the page in `Origin`, and say what they do in `Sec-Fetch-Site`; nobody else sends those.
 */
export function placeRefusal(headers: IncomingHttpHeaders): ApiError | undefined {
	if (!HERE.test(headers.host ?? '')) {
		return new ApiError(403, 'The Host header must be 127.0.0.1 or localhost.', { code: 'wrong_host' });
	}
	return headers.origin === undefined && headers['sec-fetch-site'] === undefined
		? undefined
		: new ApiError(403, 'Pages in a browser are not answered. Ask from a program instead.', {
				code: 'browser_refused',
			});
}

export function tokenRefusal({ authorization }: IncomingHttpHeaders, token: string): ApiError | undefined {
	const shown = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
	if (shown !== undefined && sameSecret(shown, token)) {
		return undefined;
	}
	return new ApiError(
		401,
		`${shown === undefined ? 'There is no token' : 'The token is wrong'}. Send the header "Authorization: Bearer TOKEN"; "Familiar: Show Local API" in VS Code copies the token.`,
		{ code: 'invalid_api_key', headers: { 'www-authenticate': 'Bearer' } },
	);
}
